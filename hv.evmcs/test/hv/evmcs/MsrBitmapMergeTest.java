package hv.evmcs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.StateException;
import hv.api.Vendor;
import hv.api.nested.CleanGroup;
import hv.api.nested.EnlightenedVmcb;
import hv.api.nested.EntryResult;
import hv.api.nested.EvmcsField;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * When L0 may keep the merged MSR bitmap (TLFS "Nested Virtualization: Enlightened MSR Bitmap"; KVM
 * nested_vmx_prepare_msr_bitmap).
 */
class MsrBitmapMergeTest {
    private static final long PAGE = 0x20_000;
    private static final long OTHER = 0x21_000;
    private static final int OPT_IN = 2;
    private static final int CLEAN = 1 << 31;

    @Test
    @DisplayName(
            "Intel: skipped iff L1 opted in, the clean bit is set, and neither VMLAUNCH nor another page came since the merge")
    void intel() {
        try (Machine machine = Machine.intel()) {
            machine.enlighten(0, PAGE);
            machine.put(OTHER, EvmcsField.VERSION_NUMBER, 1);
            machine.put(PAGE, EvmcsField.CLEAN_FIELDS, CleanGroup.ALL);
            assertFalse(enterAndAsk(machine, true), "VMLAUNCH");
            assertFalse(enterAndAsk(machine, false), "not opted in");
            machine.put(PAGE, EvmcsField.ENLIGHTENMENTS_CONTROL, OPT_IN);
            assertTrue(enterAndAsk(machine, false), "opted in, although clean bit 15 is set");
            assertTrue(enterAndAsk(machine, false));
            machine.put(PAGE, EvmcsField.CLEAN_FIELDS, CleanGroup.ALL & ~2);
            assertFalse(enterAndAsk(machine, false), "bitmap changed");
            assertTrue(enterAndAsk(machine, false));
            machine.merge(0).invalidate();
            assertFalse(enterAndAsk(machine, false), "L0's own bitmap changed");
            assertTrue(enterAndAsk(machine, false));
            assertFalse(enterAndAsk(machine, true), "VMLAUNCH");
            assertTrue(enterAndAsk(machine, false));
            machine.put(OTHER, EvmcsField.ENLIGHTENMENTS_CONTROL, OPT_IN);
            machine.point(0, OTHER);
            assertFalse(enterAndAsk(machine, false), "another page");
            assertTrue(enterAndAsk(machine, false));
            machine.put(OTHER, EvmcsField.ENLIGHTENMENTS_CONTROL, 0);
            assertFalse(enterAndAsk(machine, false), "opted out");
        }
    }

    @Test
    @DisplayName("Intel: a VMLAUNCH that failed before the merge is not forgotten")
    void failedLaunch() {
        try (Machine machine = Machine.intel()) {
            machine.enlighten(0, PAGE);
            machine.put(PAGE, EvmcsField.ENLIGHTENMENTS_CONTROL, OPT_IN);
            enterAndAsk(machine, true);
            assertTrue(enterAndAsk(machine, false));
            machine.put(PAGE, EvmcsField.PIN_CONTROLS, 1 << 7);
            machine.put(PAGE, EvmcsField.CLEAN_FIELDS, 0);
            assertEquals(EntryResult.VMFAIL_VALID, machine.evmcs(0).enter(true, Machine.REVISION));
            machine.put(PAGE, EvmcsField.PIN_CONTROLS, 0);
            machine.put(PAGE, EvmcsField.CLEAN_FIELDS, CleanGroup.MSR_BITMAP.mask());
            assertFalse(enterAndAsk(machine, false));
        }
    }

    @Test
    @DisplayName("Intel: after a restore the bitmaps are merged anew")
    void restored() throws StateException {
        try (Machine machine = Machine.intel()) {
            machine.enlighten(0, PAGE);
            machine.put(PAGE, EvmcsField.ENLIGHTENMENTS_CONTROL, OPT_IN);
            enterAndAsk(machine, true);
            assertTrue(enterAndAsk(machine, false));
            machine.partition().restore(machine.partition().save());
            assertFalse(machine.merge(0).canSkip());
        }
    }

    @Test
    @DisplayName("Intel: without hv-emsr-bitmap nothing is skipped")
    void notPromised() {
        try (Machine machine = new Machine("hv-vapic,hv-evmcs", Vendor.INTEL, 1)) {
            machine.enlighten(0, PAGE);
            machine.put(PAGE, EvmcsField.ENLIGHTENMENTS_CONTROL, OPT_IN);
            enterAndAsk(machine, true);
            assertFalse(enterAndAsk(machine, false));
        }
    }

    @Test
    @DisplayName("AMD: EnlightenmentsControl bit 1 and VMCB clean bit 31, and the same VMCB as last time")
    void amd() {
        try (Machine machine = new Machine("hv-vapic,hv-emsr-bitmap", Vendor.AMD, 1)) {
            EnlightenedVmcb vmcb = new EnlightenedVmcb();
            assertFalse(runAndAsk(machine, vmcb, PAGE, OPT_IN, CLEAN), "first VMRUN");
            assertTrue(runAndAsk(machine, vmcb, PAGE, OPT_IN, CLEAN));
            assertFalse(runAndAsk(machine, vmcb, PAGE, OPT_IN, ~CLEAN), "bit 31 clear");
            assertFalse(runAndAsk(machine, vmcb, PAGE, ~OPT_IN, CLEAN), "not opted in");
            assertTrue(runAndAsk(machine, vmcb, PAGE, OPT_IN, CLEAN));
            assertFalse(runAndAsk(machine, vmcb, OTHER, OPT_IN, CLEAN), "another VMCB");
            assertTrue(runAndAsk(machine, vmcb, OTHER, OPT_IN, CLEAN));
            machine.merge(0).invalidate();
            assertFalse(runAndAsk(machine, vmcb, OTHER, OPT_IN, CLEAN));
        }
    }

    @Test
    @DisplayName("AMD: fields at 0x3E0 of the VMCB; one that is not RAM is not loaded")
    void vmcb() {
        try (Machine machine = new Machine("hv-vapic,hv-emsr-bitmap", Vendor.AMD, 1)) {
            EnlightenedVmcb vmcb = new EnlightenedVmcb();
            machine.memory().putInt(PAGE + 0x3E0, 1);
            machine.memory().putInt(PAGE + 0x3E4, 0x8765_4321);
            machine.memory().putLong(PAGE + 0x3E8, 0x1122_3344_5566_7788L);
            machine.memory().putLong(PAGE + 0x3F0, 0x9000);
            machine.memory().putInt(PAGE + 0xC0, CLEAN);
            assertTrue(vmcb.load(machine.memory(), PAGE));
            for (long nowhere : new long[] {-1, -4096, Machine.MEMORY_BYTES, Machine.MEMORY_BYTES - 1}) {
                assertFalse(vmcb.load(machine.memory(), nowhere));
            }
            assertEquals(PAGE, vmcb.gpa());
            assertTrue(vmcb.isNestedFlush());
            assertFalse(vmcb.isMsrBitmap());
            assertEquals(0x8765_4321, vmcb.vpId());
            assertEquals(0x1122_3344_5566_7788L, vmcb.vmId());
            assertEquals(0x9000, vmcb.partitionAssistPage());
            assertTrue(vmcb.isClean());
        }
    }

    private static boolean enterAndAsk(Machine machine, boolean isLaunch) {
        assertEquals(EntryResult.ENTERED, machine.evmcs(0).enter(isLaunch, Machine.REVISION));
        boolean isSkipped = machine.merge(0).canSkip();
        if (!isSkipped) {
            machine.merge(0).merged();
        }
        machine.evmcs(0).markClean();
        return isSkipped;
    }

    private static boolean runAndAsk(Machine machine, EnlightenedVmcb vmcb, long page, int control, int clean) {
        machine.memory().putInt(page + 0x3E0, control);
        machine.memory().putInt(page + 0xC0, clean);
        assertTrue(vmcb.load(machine.memory(), page));
        boolean isSkipped = machine.merge(0).canSkip(vmcb);
        if (!isSkipped) {
            machine.merge(0).merged();
        }
        return isSkipped;
    }
}
