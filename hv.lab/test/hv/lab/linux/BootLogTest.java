package hv.lab.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
    }

    @Test
    @DisplayName("Registers are compared bit by bit, also as newer kernels print them")
    void bits() {
        Set<String> bits = Set.of(
                "Hyper-V: low, bit 0",
                "Hyper-V: high, bit 4",
                "Hyper-V: high, bit 11",
                "Hyper-V: hints, bit 31",
                "Hyper-V: misc, bit 1");
        assertEquals(
                bits,
                BootLog.of(List.of("Hyper-V: privilege flags low 0x1, high 0x810, hints 0x80000000, misc 0x2"))
                        .lines());
        assertEquals(
                bits,
                BootLog.of(List.of("Hyper-V: privilege flags low 0x1, high 0x810, ext 0x2, hints 0x80000000, misc 0x2"))
                        .lines());
        assertEquals(
                Set.of("Hyper-V: Nested features, bit 17", "Hyper-V: Nested features, bit 19"),
                BootLog.of(List.of("Hyper-V: Nested features: 0xa0000")).lines());
    }

    @Test
    @DisplayName("A difference that is in the list has its reason, for the side that it is explained for")
    void explained() {
        BootLog with = BootLog.of(List.of("Hyper-V: privilege flags low 0x1, high 0x800, hints 0x0, misc 0x0"));
        BootLog without = BootLog.of(List.of("Hyper-V: privilege flags low 0x1, high 0x0, hints 0x0, misc 0x0"));
        assertTrue(Differences.between(without, with).getFirst().reason().isPresent());
        assertFalse(Differences.between(with, without).getFirst().reason().isPresent());
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
