package hv.launcher.options;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.launcher.options.RunOptions.Backend;
import hv.launcher.options.RunOptions.OnCrash;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RunOptionsTest {
    private static final String KNOWN = "--cpu --smp --memory --kernel --initrd --append --backend --on-crash --restore"
            + " --save-at --profile --device --disk --net --on-sigterm --vmbus --console";

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
                "--device Floppy|--device takes KIND[,name=NAME][,KEY=VALUE...], not 'Floppy'",
                "--device ,name=a|--device takes KIND[,name=NAME][,KEY=VALUE...], not ',name=a'",
                "--device disk,file|--device takes KEY=VALUE behind the kind, not 'file'",
                "--device disk,=x|--device takes KEY=VALUE behind the kind, not '=x'",
                "--device disk,file=a,file=b|--device takes each key once, not 'file=b'",
                "--device disk,name=Big|--device takes a name of 32 small letters, digits and - at most, not 'Big'",
                "--device disk --device disk|--device: there are two with the name disk; give one another, as disk,name=disk2",
                "--device|--device needs a value, as in --device heartbeat",
                "--disk|--disk needs a value, as in --disk disk.img",
                "--disk a.img --backend hosted|--backend hosted has no --disk; leave one of the two out",
                "--disk a.img --device storvsc|--device: there are two with the name storvsc; give one another, as storvsc,name=storvsc2",
                "--net|--net needs a value, as in --net user",
                "--net bridge|--net takes user, tap=NAME or socket=PATH, and behind it perhaps ,mac=52:54:00:12:34:56, not 'bridge'",
                "--net user,what|--net takes KEY=VALUE behind the kind, not 'what'",
                "--net user --backend hosted|--backend hosted has no --net; leave one of the two out",
                "--device hyperv-testdev --backend hosted|--backend hosted has no --device; leave one of the two out",
                "--device heartbeat --backend hosted|--backend hosted has no --device; leave one of the two out",
                "--vmbus --backend hosted|--backend hosted has no --vmbus; leave one of the two out",
                "--vmbus=on|run does not know '--vmbus=on'; it knows KNOWN",
                "--on-sigterm shutdown|--on-sigterm shutdown needs a device that can ask the guest; add --vmbus or --device shutdown",
                "--vmbus --on-sigterm 30|--on-sigterm takes stop, shutdown or shutdown=SECONDS from 1 to 86400, not '30'",
                "--vmbus --on-sigterm shutdown=0|--on-sigterm takes stop, shutdown or shutdown=SECONDS from 1 to 86400, not 'shutdown=0'",
                "--vmbus --on-sigterm shutdown=99999|--on-sigterm takes stop, shutdown or shutdown=SECONDS from 1 to 86400, not 'shutdown=99999'",
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
                "--frobnicate|run does not know '--frobnicate'; it knows KNOWN",
                "guest.bin|run does not know 'guest.bin'; it knows KNOWN",
            })
    @DisplayName("What cannot be used is refused in one line that says what to write instead")
    void refused(String arguments, String message) {
        Exception refused = assertThrows(IllegalArgumentException.class, () -> RunOptions.parse(arguments.split(" ")));
        assertEquals(message.replace("KNOWN", KNOWN), refused.getMessage());
    }

    @Test
    @DisplayName("Devices on VMBus: a kind, a name, and what the kind wants; a comma in a value is written twice")
    void devices() {
        RunOptions bare = RunOptions.parse("--device", "hyperv-testdev");
        assertTrue(bare.hasTestDevice());
        assertFalse(bare.hasBus());
        RunOptions bus = RunOptions.parse("--vmbus", "--console");
        assertTrue(bus.hasBus() && bus.vmbus() && bus.console());
        assertFalse(bus.hasTestDevice());
        RunOptions disks = RunOptions.parse("--disk", "a.img,readonly", "--disk=b.img");
        assertTrue(disks.hasBus());
        assertEquals(
                List.of(new DeviceOption("storvsc", "storvsc", Map.of("disks", "a.img,readonly\nb.img"))),
                disks.devices());
        RunOptions networks = RunOptions.parse("--net", "user", "--net=tap=t0,mac=52:54:00:12:34:56");
        assertTrue(networks.hasBus());
        assertEquals(
                List.of(
                        new DeviceOption("netvsc", "net0", Map.of("user", "on")),
                        new DeviceOption("netvsc", "net1", Map.of("tap", "t0", "mac", "52:54:00:12:34:56"))),
                networks.devices());
        RunOptions options = RunOptions.parse("--device", "heartbeat", "--device=disk,name=d-0,file=a,,b,x=1=2");
        assertTrue(options.hasBus());
        assertFalse(options.vmbus());
        assertEquals(
                List.of(
                        new DeviceOption("heartbeat", "heartbeat", Map.of()),
                        new DeviceOption("disk", "d-0", Map.of("file", "a,b", "x", "1=2"))),
                options.devices());
    }

    @Test
    @DisplayName("SIGTERM stops a guest, or lets it power itself off, for a minute unless something else is said")
    void sigterm() {
        assertEquals(Optional.empty(), RunOptions.parse("--on-sigterm", "stop").gracefulEnd());
        assertEquals(
                Optional.of(Duration.ofSeconds(60)),
                RunOptions.parse("--vmbus", "--on-sigterm", "shutdown").gracefulEnd());
        assertEquals(
                Optional.of(Duration.ofSeconds(5)),
                RunOptions.parse("--on-sigterm=shutdown=5", "--device", "shutdown")
                        .gracefulEnd());
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
                "--device",
                "--on-sigterm",
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
