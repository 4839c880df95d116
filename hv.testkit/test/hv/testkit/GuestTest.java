package hv.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import hv.hosted.Interrupt;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class GuestTest {
    private static Guest guest(int vps) {
        return Guest.with(new Announcer()).flags(Announcer.FLAG).vps(vps).start();
    }

    @Test
    @DisplayName("IPIs by physical destination, broadcast and shorthand reach the VPs they name")
    void ipisReachTheirVps() {
        try (Guest guest = guest(3)) {
            guest.host().hostedApic(0).icr(0x0200_0000_0000_0040L);
            guest.host().hostedApic(0).icr(0xFF00_0000_0000_0041L);
            guest.host().hostedApic(1).icr(0x000C_0042L);
            guest.host().hostedApic(0).icr(0x0300_0000_0000_0043L);
            assertEquals(
                    List.of(
                            new Interrupt(2, 0x40),
                            new Interrupt(0, 0x41),
                            new Interrupt(1, 0x41),
                            new Interrupt(2, 0x41),
                            new Interrupt(0, 0x42),
                            new Interrupt(2, 0x42)),
                    guest.takeInterrupts());
        }
    }

    @Test
    @DisplayName("memory is as poked, and a guest without work has no interrupts")
    void pokesAndPeeks() {
        try (Guest guest = guest(1)) {
            guest.poke(0x1000, "0102ff");
            assertEquals("000102ff00", guest.peek(0xFFF, 5));
            guest.advance100ns(3);
            assertEquals(List.of(), guest.takeInterrupts());
        }
    }

    @Test
    @DisplayName("accesses that must not fault say which one did")
    void faultsAreNamed() {
        try (Guest guest = guest(1)) {
            AssertionError read = assertThrows(AssertionError.class, () -> guest.rdmsr(0x4000_0010));
            assertEquals("RDMSR 0x40000010 on VP 0: #GP", read.getMessage());
            assertThrows(AssertionError.class, () -> guest.wrmsr(0x4000_0010, 1));
            assertThrows(AssertionError.class, () -> guest.hypercall(8, 0, 0));
        }
    }

    @Test
    @DisplayName("flags that do not start are the test's mistake")
    void badFlagsAreAMistake() {
        assertThrows(
                AssertionError.class,
                () -> Guest.with(new Announcer()).flags("hv-nonsense").start());
    }
}
