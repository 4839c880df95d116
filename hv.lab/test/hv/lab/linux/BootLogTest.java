package hv.lab.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class BootLogTest {
    @Test
    @DisplayName("Lines about Hyper-V, clocks and the hypervisor count; others and the command line do not")
    void relatedLines() {
        BootLog log = BootLog.of(List.of(
                "Linux version 6.1.0",
                "Command line: console=ttyS0 tsc=reliable",
                "Kernel command line: console=ttyS0 clocksource=tsc",
                "Hypervisor detected: Microsoft Hyper-V",
                "Booting paravirtualized kernel on Hyper-V",
                "smp: Brought up 1 node, 2 CPUs"));
        assertEquals(
                Set.of("Hypervisor detected: Microsoft Hyper-V", "Booting paravirtualized kernel on Hyper-V"),
                log.lines());
    }

    @Test
    @DisplayName(
            "What follows from the machine's frequency is the same in all boots; what the hypervisor offers is not")
    void comparable() {
        BootLog one = BootLog.of(
                List.of(
                        "tsc: Detected 2596.105 MHz processor",
                        "clocksource: tsc-early: mask: 0xffffffffffffffff max_cycles: 0x256bd2cc0c5, max_idle_ns: 440795272195 ns"));
        BootLog other = BootLog.of(
                List.of(
                        "tsc: Detected 2600.000 MHz processor",
                        "clocksource: tsc-early: mask: 0xffffffffffffffff max_cycles: 0x257a34a6eea, max_idle_ns: 440795264358 ns"));
        assertEquals(one, other);
        assertNotEquals(
                BootLog.of(List.of("Hyper-V: privilege flags low 0xaff, high 0x30, hints 0xc2c, misc 0x80508")),
                BootLog.of(List.of("Hyper-V: privilege flags low 0xaff, high 0x30, hints 0xe24, misc 0x80508")));
    }

    @Test
    @DisplayName("A difference that is not in the list has no reason")
    void differences() {
        BootLog hv = BootLog.of(List.of("Hypervisor detected: Microsoft Hyper-V", "Hyper-V: something of its own"));
        BootLog reference = BootLog.of(List.of("Hypervisor detected: Microsoft Hyper-V", "tsc: something else"));
        assertEquals(
                List.of(
                        new Differences.Difference(
                                Differences.Side.HV, "Hyper-V: something of its own", Optional.empty()),
                        new Differences.Difference(
                                Differences.Side.REFERENCE, "tsc: something else", Optional.empty())),
                Differences.between(hv, reference));
    }
}
