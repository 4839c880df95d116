package hv.launcher.options;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.launcher.options.RunOptions.Backend;
import hv.launcher.options.RunOptions.OnCrash;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RunOptionsTest {
    @Test
    @DisplayName("Without options: everything deployed, one VP, 256 MiB, best back end, go on after a crash")
    void defaults() {
        RunOptions options = RunOptions.parse();
        assertEquals("", options.cpu());
        assertEquals(1, options.smp());
        assertEquals(256L << 20, options.memoryBytes());
        assertEquals(Backend.AUTO, options.backend());
        assertEquals(OnCrash.CONTINUE, options.onCrash());
    }

    @Test
    @DisplayName("A value stands behind its option or after an equals sign; the last one wins")
    void bothForms() {
        RunOptions options =
                RunOptions.parse("--cpu=hv-spinlocks=0x1fff,hv-time", "--smp", "2", "--smp=4", "--append", "crash=yes");
        assertEquals("hv-spinlocks=0x1fff,hv-time", options.cpu());
        assertEquals(4, options.smp());
        assertEquals("crash=yes", options.append());
    }

    @ParameterizedTest
    @CsvSource({"16M,16777216", "1G,1073741824", "20480k,20971520", "33554432,33554432"})
    @DisplayName("Memory takes K, M, G in either case, or bytes")
    void memory(String text, long bytes) {
        assertEquals(bytes, RunOptions.parse("--memory", text).memoryBytes());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--smp 0|--smp takes a number from 1 to 4096, not '0'",
                "--smp 4097|--smp takes a number from 1 to 4096, not '4097'",
                "--smp two|--smp takes a number from 1 to 4096, not 'two'",
                "--smp|--smp needs a value, as in --smp 2",
                "--memory 15M|--memory takes a multiple of 4K from 16M to 16384G, as 256M or 4G, not '15M'",
                "--memory 16777217|--memory takes a multiple of 4K from 16M to 16384G, as 256M or 4G, not '16777217'",
                "--memory 99999999G|--memory takes a multiple of 4K from 16M to 16384G, as 256M or 4G, not '99999999G'",
                "--memory 9999999999999999999|--memory takes a multiple of 4K from 16M to 16384G, as 256M or 4G, not '9999999999999999999'",
                "--memory -256M|--memory takes a multiple of 4K from 16M to 16384G, as 256M or 4G, not '-256M'",
                "--memory M|--memory takes a multiple of 4K from 16M to 16384G, as 256M or 4G, not 'M'",
                "--profile|--profile needs a value, as in --profile windows",
                "--profile windows --cpu hv-time|--profile and --cpu both say what the flags are; leave one of the two out",
                "--append caf\u00e9|--append takes printable ASCII characters alone, on one line",
                "--append a\tb|--append takes printable ASCII characters alone, on one line",
                "--device floppy|--device takes hyperv-testdev, not 'floppy'",
                "--device|--device needs a value, as in --device hyperv-testdev",
                "--device hyperv-testdev --backend hosted|--backend hosted has no --device; leave one of the two out",
                "--backend xen|--backend takes one of auto, kvm, hosted, not 'xen'",
                "--on-crash burn|--on-crash takes one of continue, stop, reset, not 'burn'",
                "--kernel /no/such/file|--kernel /no/such/file: there is no such file",
                "--kernel /|--kernel /: not a file",
                "--restore /no/such/file|--restore /no/such/file: there is no such file",
                "--save-at 500=f|--save-at takes a time from 1ms to 86400s and a file, as 500ms=FILE, not '500=f'",
                "--save-at 0ms=f|--save-at takes a time from 1ms to 86400s and a file, as 500ms=FILE, not '0ms=f'",
                "--save-at 99999s=f|--save-at takes a time from 1ms to 86400s and a file, as 500ms=FILE, not '99999s=f'",
                "--save-at|--save-at needs a value, as in --save-at 500ms=FILE",
                "--initrd /dev/null|--initrd /dev/null: not a file",
                "--frobnicate|run does not know '--frobnicate'; it knows --cpu --smp --memory --kernel --initrd --append --backend --on-crash --restore --save-at --profile --device --console",
                "guest.bin|run does not know 'guest.bin'; it knows --cpu --smp --memory --kernel --initrd --append --backend --on-crash --restore --save-at --profile --device --console",
            })
    @DisplayName("What cannot be used is refused in one line that says what to write instead")
    void refused(String arguments, String message) {
        Exception refused = assertThrows(IllegalArgumentException.class, () -> RunOptions.parse(arguments.split(" ")));
        assertEquals(message, refused.getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--cpu",
                "--smp",
                "--memory",
                "--kernel",
                "--initrd",
                "--backend",
                "--on-crash",
                "--restore",
                "--save-at",
                "--x",
                "x"
            })
    @DisplayName("What was typed is shown in one line, at most 200 characters of it, and none that moves a cursor")
    void shown(String name) {
        for (String value : List.of("\u001b[2J\n\u009b", "x".repeat(3_000) + "\u202e", "a\0b")) {
            for (String[] words : List.of(
                    new String[] {name, value}, new String[] {name + value}, new String[] {name + "=" + value})) {
                try {
                    RunOptions.parse(words);
                } catch (IllegalArgumentException e) {
                    assertEquals(IllegalArgumentException.class, e.getClass());
                    assertTrue(e.getMessage().length() < 450, e.getMessage());
                    assertTrue(
                            e.getMessage().chars().noneMatch(c -> Character.isISOControl(c) || c == 0x202E),
                            e.getMessage());
                }
            }
        }
    }

    @Test
    @DisplayName("What a snapshot was saved with stands where nothing was given")
    void completed() {
        RunOptions bare = RunOptions.parse().completedBy(3, 32 << 20, "hosted");
        assertEquals(3, bare.smp());
        assertEquals(32 << 20, bare.memoryBytes());
        assertEquals(Backend.HOSTED, bare.backend());
        RunOptions given = RunOptions.parse("--smp", "1", "--memory", "256M", "--backend", "kvm")
                .completedBy(3, 32 << 20, "hosted");
        assertEquals(1, given.smp());
        assertEquals(256 << 20, given.memoryBytes());
        assertEquals(Backend.KVM, given.backend());
    }
}
