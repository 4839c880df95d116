package hv.oracle.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("What QEMU says")
class QemuTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "can't apply global max-x86_64-cpu.hv_foo=on: Property 'max-x86_64-cpu.hv_foo' not found|hv-foo",
                "Property 'qemu64-x86_64-cpu.hv_relaxed' not found|hv-relaxed",
                "unable to find CPU model 'Foo'|foo",
                "Hyper-V synthetic timers (hv-stimer) requires Hyper-V clocksources (hv-time)|hv-stimer",
                "kernel doesn't allow setting HyperV VP_INDEX|hv-vpindex",
                "something else|''",
            })
    @DisplayName("A complaint is about a name, which is found in it")
    void subject(String complaint, String subject) {
        Outcome outcome = Qemu.outcome(1, "warning: nothing\nqemu-system-x86_64: " + complaint + "\n");
        assertEquals(complaint, outcome.said());
        assertEquals(subject, outcome.blamed());
    }

    @Test
    @DisplayName("Status 0 is a start, whatever was printed")
    void started() {
        assertTrue(Qemu.outcome(0, "qemu-system-x86_64: warning: something\n").starts());
    }

    @Test
    @DisplayName(
            "The ROM begins at its reset vector with a jump to its first byte, and its leaves are read as it writes them")
    void rom() {
        byte[] rom = LeavesRom.bytes();
        assertEquals(0x1_0000, rom.length);
        short distance = ByteBuffer.wrap(rom).order(ByteOrder.LITTLE_ENDIAN).getShort(0xFFF1);
        assertEquals(0, (0xFFF3 + distance) & 0xFFFF);
        ByteBuffer written = ByteBuffer.allocate(5 * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        written.putInt(1).putInt(2).putInt(3).putInt(4).putInt(5);
        assertEquals(Map.of(0x4000_0000, List.of(1, 2, 3, 4)), LeavesRom.leaves(written.array()));
    }
}
