package hv.evmcs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.Vendor;
import hv.api.nested.EnlightenedVmcs;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What L1 finds in the VMX capability MSRs, from KVM's list of what an enlightened VMCS supports. */
class VmxCapabilitiesTest {
    private static final long ALL = -1;

    @Test
    @DisplayName("pin-based: posted interrupts (7) and the preemption timer (6) are hidden")
    void pin() {
        for (int msr : new int[] {0x481, 0x48D}) {
            assertEquals(List.of(0, 1, 2, 3, 4, 5), mayBeOne(VmxCapabilities.filter(msr, ALL, true)));
        }
    }

    @Test
    @DisplayName("primary: tertiary controls (17) are hidden")
    void primary() {
        for (int msr : new int[] {0x482, 0x48E}) {
            List<Integer> bits = mayBeOne(VmxCapabilities.filter(msr, ALL, true));
            assertFalse(bits.contains(17));
            assertTrue(bits.containsAll(List.of(2, 3, 7, 9, 10, 11, 12, 15, 16, 19, 20, 21, 22, 23, 24, 25, 27, 28)));
            assertTrue(bits.containsAll(List.of(29, 30, 31)));
        }
    }

    @Test
    @DisplayName("secondary: what has no field in the page is hidden, and TSC scaling (25), which KVM keeps from L1")
    void secondary() {
        List<Integer> bits = mayBeOne(VmxCapabilities.filter(0x48B, ALL, true));
        assertEquals(List.of(1, 2, 3, 4, 5, 6, 7, 11, 12, 15, 16, 19, 20, 24, 26, 30, 31), bits);
        for (int hidden : new int[] {0, 8, 9, 10, 13, 14, 17, 18, 22, 25}) {
            assertFalse(bits.contains(hidden), "bit " + hidden);
        }
    }

    @Test
    @DisplayName("exit and entry: saving the preemption timer is hidden; PERF_GLOBAL_CTRL unless 0x4000000A.EBX[0]")
    void exitAndEntry() {
        for (int msr : new int[] {0x483, 0x48F}) {
            assertFalse(mayBeOne(VmxCapabilities.filter(msr, ALL, true)).contains(22));
            assertTrue(mayBeOne(VmxCapabilities.filter(msr, ALL, true)).contains(12));
            assertFalse(mayBeOne(VmxCapabilities.filter(msr, ALL, false)).contains(12));
            assertTrue(
                    mayBeOne(VmxCapabilities.filter(msr, ALL, false)).containsAll(List.of(2, 9, 15, 18, 19, 20, 21)));
        }
        for (int msr : new int[] {0x484, 0x490}) {
            assertTrue(mayBeOne(VmxCapabilities.filter(msr, ALL, true)).contains(13));
            assertFalse(mayBeOne(VmxCapabilities.filter(msr, ALL, false)).contains(13));
            assertTrue(mayBeOne(VmxCapabilities.filter(msr, ALL, false)).containsAll(List.of(2, 9, 14, 15, 16)));
        }
    }

    @Test
    @DisplayName("VM functions and tertiary controls: none")
    void functions() {
        assertEquals(0, (int) VmxCapabilities.filter(0x491, ALL, true));
        assertEquals(0, VmxCapabilities.filter(0x492, ALL, true));
    }

    @Test
    @DisplayName("bits that must be one stay, nothing is added, other MSRs are untouched")
    void filterOnlyTakesAway() {
        Random random = new Random(1);
        for (int msr = 0x470; msr < 0x4A0; msr++) {
            for (int i = 0; i < 100; i++) {
                long value = random.nextLong();
                long filtered = VmxCapabilities.filter(msr, value, random.nextBoolean());
                assertEquals(0, filtered & ~value);
                assertTrue(filtered == value || VmxCapabilities.isFiltered(msr));
                if (msr < 0x491 && msr != 0x48B) {
                    assertEquals((int) value, (int) filtered);
                }
                if (msr < 0x481 || msr > 0x492 || msr >= 0x485 && msr <= 0x48A || msr == 0x48C) {
                    assertEquals(value, filtered);
                }
            }
        }
    }

    @Test
    @DisplayName("KVM always-one bits are within what an entry may ask for")
    void defaultOnesAreSupported() {
        assertTrue(VmxCapabilities.areControlsSupported(0x16, 0x0401_E172, 0, 0x0003_6DFF, 0x11FF));
    }

    @Test
    @DisplayName("an entry with a hidden control is refused; PERF_GLOBAL_CTRL is hidden and yet accepted, as in KVM")
    void controlsAtEntry() {
        assertFalse(VmxCapabilities.areControlsSupported(1 << 6, 0, 0, 0, 0));
        assertFalse(VmxCapabilities.areControlsSupported(0, 1 << 17, 0, 0, 0));
        assertFalse(VmxCapabilities.areControlsSupported(0, 0, 1 << 9, 0, 0));
        assertFalse(VmxCapabilities.areControlsSupported(0, 0, 0, 1 << 22, 0));
        assertFalse(VmxCapabilities.areControlsSupported(0, 0, 0, 0, 1 << 10));
        assertTrue(VmxCapabilities.areControlsSupported(0, 0, 0, 1 << 12, 1 << 13));
    }

    @Test
    @DisplayName("QEMU never sets 0x4000000A.EBX; a guest without hv-evmcs sees the MSRs as they are")
    void partitionFilters() {
        try (Machine with = new Machine(Machine.ALL, Vendor.INTEL, 1);
                Machine without = new Machine("hv-vapic,hv-tlbflush-direct", Vendor.INTEL, 1)) {
            assertFalse(mayBeOne(filter(with, 0x483)).contains(12));
            assertEquals(ALL, filter(without, 0x483));
        }
    }

    private static long filter(Machine machine, int msr) {
        return machine.partition()
                .service("evmcs", EnlightenedVmcs.OfPartition.class)
                .orElseThrow()
                .filterCapability(msr, ALL);
    }

    private static List<Integer> mayBeOne(long value) {
        return IntStream.range(0, 32)
                .filter(bit -> (value >>> 32 + bit & 1) != 0)
                .boxed()
                .toList();
    }
}
