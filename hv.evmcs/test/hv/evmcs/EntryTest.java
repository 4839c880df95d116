package hv.evmcs;

import static hv.api.nested.EntryResult.ENTERED;
import static hv.api.nested.EntryResult.INVALID_OPCODE;
import static hv.api.nested.EntryResult.NOT_ENLIGHTENED;
import static hv.api.nested.EntryResult.VMFAIL_INVALID;
import static hv.api.nested.EntryResult.VMFAIL_VALID;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.StateException;
import hv.api.Vendor;
import hv.api.nested.CleanGroup;
import hv.api.nested.EnlightenedVmcs;
import hv.api.nested.EntryResult;
import hv.api.nested.EvmcsField;
import hv.api.nested.Vmcs;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** VMLAUNCH, VMRESUME and VMCLEAR with an enlightened VMCS: when it is used, when it is refused, what is reloaded. */
class EntryTest {
    private static final long PAGE = 0x20_000;
    private static final long OTHER = 0x21_000;

    private Machine machine;
    private EnlightenedVmcs evmcs;

    @BeforeEach
    void start() {
        machine = Machine.intel();
        machine.enlighten(0, PAGE);
        machine.put(OTHER, EvmcsField.VERSION_NUMBER, 1);
        evmcs = machine.evmcs(0);
    }

    @AfterEach
    void stop() {
        machine.close();
    }

    private EntryResult launch() {
        return evmcs.enter(true, Machine.REVISION);
    }

    private EntryResult resume() {
        return evmcs.enter(false, Machine.REVISION);
    }

    @Test
    @DisplayName(
            "TLFS: used when the assist page is on, EnlightenVmEntry is not 0 and CurrentNestedVmcs points somewhere")
    void activation() {
        assertEquals(ENTERED, launch());
        assertTrue(evmcs.isActive());
        assertEquals(PAGE, evmcs.gpa());
        machine.memory().putInt(Machine.assistPage(0) + Machine.ENLIGHTEN_VM_ENTRY, 0);
        assertEquals(NOT_ENLIGHTENED, resume());
        assertFalse(evmcs.isActive());
        machine.memory().putInt(Machine.assistPage(0) + Machine.ENLIGHTEN_VM_ENTRY, 0xFFFF_FF00);
        assertEquals(NOT_ENLIGHTENED, resume(), "EnlightenVmEntry is one byte");
        machine.memory().putInt(Machine.assistPage(0) + Machine.ENLIGHTEN_VM_ENTRY, 0x80);
        assertEquals(ENTERED, resume());
        machine.setAssistPage(0, Machine.assistPage(0));
        assertEquals(NOT_ENLIGHTENED, resume());
    }

    @Test
    @DisplayName("KVM: the addresses -1 and -2 mean that there is none")
    void sentinels() {
        for (long none : new long[] {-1, -2}) {
            assertEquals(ENTERED, launch());
            machine.point(0, none);
            assertEquals(NOT_ENLIGHTENED, resume());
            assertFalse(evmcs.isActive());
            assertEquals(-1, evmcs.gpa());
            machine.point(0, PAGE);
        }
    }

    @Test
    @DisplayName("KVM: version 1 and L1's VMCS revision are accepted, anything else is VMfailInvalid")
    void versions() {
        for (int version : new int[] {0, 2, -1, Machine.REVISION + 1, 1 << 31 | 1}) {
            machine.put(PAGE, EvmcsField.VERSION_NUMBER, version);
            assertEquals(VMFAIL_INVALID, launch());
            assertFalse(evmcs.isActive());
        }
        machine.put(PAGE, EvmcsField.VERSION_NUMBER, Machine.REVISION);
        assertEquals(ENTERED, launch());
    }

    @Test
    @DisplayName("KVM: the version is looked at when a page is taken up, not at every entry")
    void versionOfActivePage() {
        assertEquals(ENTERED, launch());
        machine.put(PAGE, EvmcsField.VERSION_NUMBER, 99);
        assertEquals(ENTERED, resume());
        assertTrue(evmcs.clear(PAGE));
        assertEquals(VMFAIL_INVALID, resume());
    }

    @Test
    @DisplayName("KVM: a page that is not RAM is #UD; so is one that 0xdeadbeef lies in")
    void outsideMemory() {
        for (long nowhere :
                new long[] {0xDEAD_BEEFL, Machine.MEMORY_BYTES, -4096, -3, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 52}) {
            assertEquals(ENTERED, launch());
            machine.point(0, nowhere);
            assertEquals(INVALID_OPCODE, launch());
            assertEquals(INVALID_OPCODE, resume());
            assertFalse(evmcs.isActive());
            assertFalse(evmcs.writeBack());
            evmcs.markClean();
            assertEquals(0, evmcs.read(0x681E));
            machine.point(0, PAGE);
        }
        assertEquals(ENTERED, launch());
    }

    @Test
    @DisplayName("an assist page that is not RAM counts as none")
    void assistPageOutsideMemory() {
        machine.setAssistPage(0, Machine.MEMORY_BYTES | 1);
        assertEquals(NOT_ENLIGHTENED, launch());
        machine.setAssistPage(0, -1);
        assertEquals(NOT_ENLIGHTENED, launch());
        assertFalse(evmcs.clear(PAGE));
    }

    @Test
    @DisplayName("KVM: an address within a page means that page, and another address within it is another VMCS")
    void unalignedAddress() {
        machine.put(PAGE, EvmcsField.GUEST_RIP, 0x1234);
        machine.point(0, PAGE + 0x123);
        assertEquals(ENTERED, launch());
        assertEquals(0x1234, evmcs.vmcs().get(EvmcsField.GUEST_RIP));
        machine.put(PAGE, EvmcsField.CLEAN_FIELDS, CleanGroup.ALL);
        machine.point(0, PAGE);
        assertEquals(ENTERED, resume());
        assertEquals(0, machine.cleanFields(PAGE));
    }

    @Test
    @DisplayName(
            "KVM: VMLAUNCH and another page clear the clean bits in memory and load everything; VMRESUME believes them")
    void fullLoad() {
        machine.put(PAGE, EvmcsField.CLEAN_FIELDS, 0xABCD_FFFFL);
        machine.put(PAGE, EvmcsField.GUEST_CR3, 0x1000);
        assertEquals(ENTERED, launch());
        assertEquals(0xABCD_0000L, machine.get(PAGE, EvmcsField.CLEAN_FIELDS));
        assertEquals(0x1000, evmcs.vmcs().get(EvmcsField.GUEST_CR3));
        evmcs.markClean();
        assertEquals(0xABCD_FFFFL, machine.get(PAGE, EvmcsField.CLEAN_FIELDS));

        machine.put(PAGE, EvmcsField.GUEST_CR3, 0x2000);
        assertEquals(ENTERED, resume());
        assertEquals(0x1000, evmcs.vmcs().get(EvmcsField.GUEST_CR3), "its clean bit says unchanged");
        machine.put(PAGE, EvmcsField.CLEAN_FIELDS, CleanGroup.ALL & ~CleanGroup.CRDR.mask());
        assertEquals(ENTERED, resume());
        assertEquals(0x2000, evmcs.vmcs().get(EvmcsField.GUEST_CR3));

        machine.put(OTHER, EvmcsField.GUEST_CR3, 0x3000);
        machine.put(OTHER, EvmcsField.CLEAN_FIELDS, CleanGroup.ALL);
        machine.point(0, OTHER);
        assertEquals(ENTERED, resume());
        assertEquals(0x3000, evmcs.vmcs().get(EvmcsField.GUEST_CR3));
        assertEquals(0, machine.cleanFields(OTHER));

        evmcs.markClean();
        machine.put(OTHER, EvmcsField.GUEST_CR3, 0x4000);
        assertEquals(ENTERED, launch());
        assertEquals(0x4000, evmcs.vmcs().get(EvmcsField.GUEST_CR3));
    }

    @Test
    @DisplayName("KVM: VMLAUNCH of another page leaves nothing behind in fields that an entry does not load")
    void nothingOfAnotherGuest() {
        assertEquals(ENTERED, launch());
        evmcs.vmcs().set(EvmcsField.EXIT_QUALIFICATION, 0x5EC2E7);
        machine.point(0, OTHER);
        assertEquals(ENTERED, launch());
        assertEquals(0, evmcs.vmcs().get(EvmcsField.EXIT_QUALIFICATION));
    }

    @Test
    @DisplayName(
            "KVM: controls without a field in the page are VMfailValid 7, written to the page; nothing is marked clean")
    void refusedControls() {
        machine.put(PAGE, EvmcsField.SECONDARY_PROCESSOR_CONTROLS, 1 << 9);
        assertEquals(VMFAIL_VALID, launch());
        assertEquals(7, machine.get(PAGE, EvmcsField.INSTRUCTION_ERROR));
        assertEquals(0, machine.cleanFields(PAGE));
        machine.put(PAGE, EvmcsField.SECONDARY_PROCESSOR_CONTROLS, 1 << 1);
        assertEquals(ENTERED, resume());
    }

    @Test
    @DisplayName("KVM: VMCLEAR of the active page deactivates it and does not write to it; of another it does nothing")
    void vmclear() {
        assertEquals(ENTERED, launch());
        machine.memory().watch(PAGE);
        assertTrue(evmcs.clear(OTHER));
        assertTrue(evmcs.isActive());
        assertTrue(evmcs.clear(PAGE));
        assertFalse(evmcs.isActive());
        assertTrue(evmcs.clear(PAGE));
        assertEquals(0, machine.memory().bytesWritten());
        machine.put(PAGE, EvmcsField.CLEAN_FIELDS, CleanGroup.ALL);
        assertEquals(ENTERED, resume());
        assertEquals(0, machine.cleanFields(PAGE), "taken up anew");
        machine.memory().putInt(Machine.assistPage(0) + Machine.ENLIGHTEN_VM_ENTRY, 0);
        assertFalse(evmcs.clear(PAGE), "an ordinary VMCS is the VMM's");
    }

    @Test
    @DisplayName("KVM: VMREAD is answered from the page; fields that KVM has no use for are no VMCS components")
    void vmread() {
        Random random = new Random(3);
        assertFalse(evmcs.isActive());
        assertEquals(0, evmcs.read(0x681E));
        assertEquals(ENTERED, launch());
        for (PublishedField row : PublishedField.all()) {
            if (row.encoding() < 0) {
                continue;
            }
            assertEquals(!row.isUnmapped(), evmcs.isReadable(row.encoding()), row.name());
            EvmcsField field = Vmcs.field(row.encoding());
            machine.put(PAGE, field, random.nextLong());
            assertEquals(row.isUnmapped() ? 0 : machine.get(PAGE, field), evmcs.read(row.encoding()), row.name());
        }
        for (int unknown : new int[] {-1, 0x2001, 0x2016, 0xFFFF, Integer.MIN_VALUE}) {
            assertFalse(evmcs.isReadable(unknown));
            assertEquals(0, evmcs.read(unknown));
        }
    }

    @Test
    @DisplayName("after save and restore the page is taken up anew, and everything is loaded")
    void restored() throws StateException {
        machine.put(PAGE, EvmcsField.GUEST_CR3, 0x1000);
        assertEquals(ENTERED, launch());
        evmcs.markClean();
        try (Machine target = Machine.intel()) {
            target.enlighten(0, PAGE);
            target.put(PAGE, EvmcsField.CLEAN_FIELDS, CleanGroup.ALL);
            target.put(PAGE, EvmcsField.GUEST_CR3, 0x7000);
            target.partition().restore(machine.partition().save());
            EnlightenedVmcs restored = target.evmcs(0);
            assertEquals(PAGE, restored.gpa());
            assertEquals(0x1000, restored.vmcs().get(EvmcsField.GUEST_CR3));
            assertTrue(restored.writeBack(), "L2 was running: its next exit goes to the page");
            assertEquals(0x1000, target.get(PAGE, EvmcsField.GUEST_CR3));
            target.put(PAGE, EvmcsField.GUEST_CR3, 0x7000);
            assertEquals(ENTERED, restored.enter(false, Machine.REVISION));
            assertEquals(0x7000, restored.vmcs().get(EvmcsField.GUEST_CR3));
            target.partition().reset();
            assertFalse(restored.isActive());
            assertEquals(0, restored.vmcs().get(EvmcsField.GUEST_CR3));
        }
    }

    @Test
    @DisplayName("without hv-evmcs in the flags nothing is enlightened, enforced or not")
    void notPromised() {
        try (Machine without = new Machine("hv-vapic", Vendor.INTEL, 1)) {
            without.enlighten(0, PAGE);
            assertEquals(NOT_ENLIGHTENED, without.evmcs(0).enter(true, Machine.REVISION));
            assertFalse(without.evmcs(0).clear(PAGE));
            assertFalse(without.merge(0).canSkip());
        }
        try (Machine without = new Machine("hv-vapic,hv-enforce-cpuid", Vendor.INTEL, 1)) {
            assertTrue(without.partition()
                    .service("evmcs", EnlightenedVmcs.OfPartition.class)
                    .isEmpty());
        }
    }
}
