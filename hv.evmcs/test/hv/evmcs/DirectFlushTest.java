package hv.evmcs;

import static hv.evmcs.L2.EVMCS_PAGES;
import static hv.evmcs.L2.FAST;
import static hv.evmcs.L2.INPUT;
import static hv.evmcs.L2.PARTITION_ASSIST;
import static hv.evmcs.L2.SAME;
import static hv.evmcs.L2.call;
import static hv.evmcs.L2.enter;
import static hv.evmcs.L2.fast;
import static hv.evmcs.L2.fastEx;
import static hv.evmcs.L2.intel;
import static hv.evmcs.L2.run;
import static hv.evmcs.L2.store;
import static hv.evmcs.L2.vmcb;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.GuestFault;
import hv.api.StateException;
import hv.api.Vendor;
import hv.api.VpSet;
import hv.api.nested.DirectFlush;
import hv.api.nested.EvmcsField;
import hv.api.nested.SyntheticExit;
import hv.testkit.GuestRegisters;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * L2's flush calls (TLFS "Nested Virtualization: Direct Virtual Flush"; KVM kvm_hv_flush_tlb and
 * kvm_hv_hypercall_complete in guest mode).
 */
class DirectFlushTest {
    private static final long ALL_PROCESSORS = 1;
    private static final int SPACE = 2;
    private static final int LIST = 3;
    private static final int SPACE_EX = 0x13;
    private static final int LIST_EX = 0x14;

    @Test
    @DisplayName(
            "taken by L0 iff promised, NestedFlushVirtualHypercall, DirectHypercall and one of the four flush calls")
    void decisionTable() {
        for (int row = 0; row < 8; row++) {
            boolean isPromised = (row & 1) != 0;
            boolean isNestedFlush = (row & 2) != 0;
            boolean isDirectHypercall = (row & 4) != 0;
            String flags = isPromised ? "hv-vapic,hv-evmcs,hv-tlbflush-direct" : "hv-vapic,hv-evmcs";
            try (Machine machine = new Machine(flags, Vendor.INTEL, 1)) {
                enter(machine, 0, 7, 0, isNestedFlush, isDirectHypercall);
                for (int code = 0; code <= 0xFFFF; code++) {
                    boolean isFlush = code == SPACE || code == LIST || code == SPACE_EX || code == LIST_EX;
                    boolean expected = isFlush && isPromised && isNestedFlush && isDirectHypercall;
                    assertEquals(expected, machine.direct(0).takes(code), "row %d code 0x%x".formatted(row, code));
                }
            }
        }
    }

    @Test
    @DisplayName("not taken before the first entry, after VMCLEAR, and once enlightened entry is off")
    void notTakenOutside() {
        try (Machine machine = intel(1)) {
            assertFalse(machine.direct(0).takes(SPACE));
            enter(machine, 0, 7, 0, true, true);
            assertTrue(machine.direct(0).takes(SPACE));
            machine.evmcs(0).clear(EVMCS_PAGES);
            assertFalse(machine.direct(0).takes(SPACE));
            enter(machine, 0, 7, 0, true, true);
            machine.point(0, -1);
            machine.evmcs(0).enter(false, Machine.REVISION);
            assertFalse(machine.direct(0).takes(SPACE));
        }
    }

    @Test
    @DisplayName("targets are the VPs with the caller's VmId whose VpId is named, whatever their own index is")
    void targets() throws GuestFault {
        try (Machine machine = intel(5)) {
            enter(machine, 0, 7, 3, true, true);
            enter(machine, 1, 7, 0, true, true);
            enter(machine, 2, 8, 0, true, true);
            enter(machine, 3, 7, 70, true, true);
            enter(machine, 4, 7, -1, true, true);
            assertEquals(0, call(machine, 0, fast(SPACE, 0, 0b1)));
            assertEquals(List.of(0b00010L), machine.flushes());
            machine.flushes().clear();
            assertEquals(0, call(machine, 0, fast(SPACE, 0, 0b1001)));
            assertEquals(List.of(0b00011L), machine.flushes());
            machine.flushes().clear();
            assertEquals(0, call(machine, 0, fast(SPACE, ALL_PROCESSORS, 0)));
            assertEquals(0, call(machine, 0, fast(SPACE, 0, 0)));
            assertEquals(List.of(0b11011L, 0b11011L), machine.flushes(), "all processors of VM 7");
            machine.flushes().clear();
            assertEquals(0, call(machine, 0, fastEx(SPACE_EX, 1, 0, 0b10, 1 << 6)));
            assertEquals(List.of(0b01000L), machine.flushes(), "VpId 70 is bit 6 of bank 1");
            machine.flushes().clear();
            assertEquals(0, call(machine, 0, fastEx(SPACE_EX, 0, 0, 0)));
            assertEquals(0, call(machine, 0, fast(SPACE, 0, 1L << 40)));
            assertEquals(List.of(), machine.flushes(), "nobody is named: success, nothing to do");
            machine.evmcs(1).clear(EVMCS_PAGES + 0x1000);
            assertEquals(0, call(machine, 0, fast(SPACE, 0, 0b1)));
            assertEquals(List.of(), machine.flushes(), "VP 1 runs no L2 any more");
            VpSet targets = new VpSet();
            machine.direct(2).targets(true, new VpSet(), targets);
            assertEquals(0b00100, targets.bank(0));
        }
    }

    @Test
    @DisplayName("What VPs enter and leave while direct flush is away, it knows when it is back")
    void identityWhileAway() throws GuestFault {
        try (Machine machine = intel(3)) {
            enter(machine, 0, 7, 0, true, true);
            enter(machine, 1, 7, 1, true, true);
            machine.hypervisor.withdraw("tlbflush-direct");
            enter(machine, 0, 8, 5, true, true);
            machine.evmcs(1).clear(EVMCS_PAGES + 0x1000);
            enter(machine, 2, 8, 6, true, true);
            machine.hypervisor.deploy(new TlbflushDirect());
            assertEquals(0, call(machine, 0, fast(SPACE, ALL_PROCESSORS, 0)));
            assertEquals(List.of(0b101L), machine.flushes());
            assertFalse(machine.direct(1).takes(SPACE));
        }
    }

    @Test
    @DisplayName("VpId, VmId and PartitionAssistPage are covered by clean bit 15")
    void identityIsCached() throws GuestFault {
        try (Machine machine = intel(1)) {
            enter(machine, 0, 7, 0, true, true);
            machine.put(EVMCS_PAGES, EvmcsField.VP_ID, 9);
            machine.evmcs(0).markClean();
            machine.evmcs(0).enter(false, Machine.REVISION);
            call(machine, 0, fast(SPACE, 0, 0b1));
            assertEquals(List.of(1L), machine.flushes(), "still VpId 0");
            machine.put(EVMCS_PAGES, EvmcsField.CLEAN_FIELDS, 0x7FFF);
            machine.evmcs(0).enter(false, Machine.REVISION);
            call(machine, 0, fast(SPACE, 0, 0b1));
            assertEquals(1, machine.flushes().size(), "VpId 9 now");
        }
    }

    @Test
    @DisplayName(
            "input in memory: the address is L2's and is translated once; without translation or RAM behind it the status is 3")
    void translation() throws GuestFault {
        try (Machine machine = intel(2)) {
            enter(machine, 0, 7, 0, true, true);
            enter(machine, 1, 7, 1, true, true);
            store(machine, 0, 0, 0b10);
            assertEquals(0, call(machine, 0, GuestRegisters.in64(SPACE, 0x5_0000, 0), gpa -> gpa - 0x1_0000));
            assertEquals(List.of(0b10L), machine.flushes());
            for (long nowhere :
                    new long[] {-1, -8, -2, Long.MIN_VALUE, Machine.MEMORY_BYTES, Machine.MEMORY_BYTES - 16}) {
                assertEquals(3, call(machine, 0, GuestRegisters.in64(SPACE, 0x5_0000, 0), gpa -> nowhere));
            }
            store(machine, 0, 0, 0, 0b1, 0b11);
            assertEquals(0, call(machine, 0, GuestRegisters.in64(SPACE_EX | 1L << 17, INPUT, 0)));
            assertEquals(List.of(0b10L, 0b11L), machine.flushes());
            assertEquals(2L << 32, call(machine, 0, GuestRegisters.in64(LIST_EX | 1L << 17 | 2L << 32, INPUT, 0)));
            assertEquals(3, call(machine, 0, GuestRegisters.in64(SPACE_EX | 1L << 17, Machine.MEMORY_BYTES - 32, 0)));
        }
    }

    @Test
    @DisplayName("shape as of any flush call: wrong repetitions, headers, reserved bits and sets are status 3")
    void shape() throws GuestFault {
        try (Machine machine = intel(1)) {
            enter(machine, 0, 7, 0, true, true);
            long[] bad = {
                SPACE | FAST | 1L << 17,
                SPACE | FAST | 1L << 32,
                SPACE | FAST | 1L << 48,
                LIST | FAST,
                LIST | FAST | 1L << 32 | 1L << 48,
                LIST | FAST | 1L << 32 | 1L << 17,
                LIST | FAST | 12L << 32,
                SPACE_EX | FAST | 1L << 17,
                SPACE_EX | FAST | 1L << 32,
                LIST_EX | FAST,
                LIST_EX | FAST | 11L << 32,
                SPACE | FAST | 1L << 31,
                SPACE | FAST | 1L << 27,
                SPACE | FAST | 1L << 44,
                SPACE | FAST | 1L << 60
            };
            for (long control : bad) {
                GuestRegisters registers = GuestRegisters.in64(control, 0, ALL_PROCESSORS, 1, 0);
                assertEquals(3, call(machine, 0, registers), "0x%x".formatted(control));
            }
            assertEquals(List.of(), machine.flushes());
            assertEquals(11L << 32, call(machine, 0, fast(LIST | 11L << 32, ALL_PROCESSORS, 1)));
            assertEquals(16L << 32, call(machine, 0, fast(LIST | 16L << 32, ALL_PROCESSORS, 1)), "KVM: a full flush");
            assertEquals(10L << 32, call(machine, 0, fastEx(LIST_EX | 10L << 32, 0, 1, 0)));
            assertEquals(2, call(machine, 0, GuestRegisters.in64(0x5C, 0, 0)));
        }
    }

    @Test
    @DisplayName("#UD outside ring 0 and in real mode; 32-bit callers pass EDX:EAX, EBX:ECX, EDI:ESI")
    void modes() throws GuestFault {
        try (Machine machine = intel(1)) {
            enter(machine, 0, 7, 0, true, true);
            DirectFlush direct = machine.direct(0);
            assertThrows(GuestFault.class, () -> direct.call(GuestRegisters.inRing(3, SPACE | FAST), SAME));
            assertThrows(GuestFault.class, () -> direct.call(GuestRegisters.inRealMode(SPACE | FAST), SAME));
            GuestRegisters in32 = GuestRegisters.in32(LIST | FAST | 3L << 32, 0, ALL_PROCESSORS);
            direct.call(in32, SAME);
            assertEquals(0, in32.rax());
            assertEquals(3, in32.rdx());
        }
    }

    @Test
    @DisplayName("hv-enforce-cpuid: access denied without hv-tlbflush in L1's CPUID")
    void enforced() throws GuestFault {
        try (Machine machine = new Machine(Machine.ALL + ",hv-enforce-cpuid", Vendor.INTEL, 1)) {
            enter(machine, 0, 7, 0, true, true);
            assertEquals(6, call(machine, 0, fast(SPACE, ALL_PROCESSORS, 0)));
            assertEquals(List.of(), machine.flushes());
        }
    }

    @Test
    @DisplayName("TlbLockCount not 0: a synthetic exit after the flush, 0x10000031 on Intel, 0xF0000000 with 1 on AMD")
    void lock() throws GuestFault {
        try (Machine intel = intel(1);
                Machine amd = new Machine("hv-vapic,hv-tlbflush-direct", Vendor.AMD, 1)) {
            enter(intel, 0, 7, 0, true, true);
            intel.memory().putInt(PARTITION_ASSIST, 1);
            GuestRegisters registers = fast(SPACE, ALL_PROCESSORS, 0);
            SyntheticExit exit = intel.direct(0).call(registers, SAME);
            assertEquals(0, registers.rax(), "the call has succeeded");
            assertEquals(1, intel.flushes().size());
            assertEquals(0x1000_0031, exit.code());
            assertEquals(0, exit.information());
            assertEquals(SyntheticExit.NONE, intel.direct(0).call(fast(SPACE | 1L << 32, 0, 0), SAME), "call failed");

            run(amd, 1, true, PARTITION_ASSIST);
            amd.memory().putInt(PARTITION_ASSIST, -1);
            exit = amd.direct(0).call(fast(SPACE, ALL_PROCESSORS, 0), SAME);
            assertEquals(0xF000_0000, exit.code());
            assertEquals(1, exit.information());
        }
    }

    @Test
    @DisplayName("KVM: a partition assist page that cannot be read makes the result 3, and no exit")
    void lockOutsideMemory() throws GuestFault {
        try (Machine machine = intel(1)) {
            for (long nowhere : new long[] {-1, Machine.MEMORY_BYTES - 3, Machine.MEMORY_BYTES, Long.MIN_VALUE}) {
                machine.put(EVMCS_PAGES, EvmcsField.PARTITION_ASSIST_PAGE, nowhere);
                enter(machine, 0, 7, 0, true, true, nowhere);
                GuestRegisters registers = fast(LIST | 1L << 32, ALL_PROCESSORS, 0);
                assertEquals(SyntheticExit.NONE, machine.direct(0).call(registers, SAME));
                assertEquals(3, registers.rax());
            }
        }
    }

    @Test
    @DisplayName(
            "AMD: VMCB bit 0 and DirectHypercall; an assist page that is on but not RAM fails VMRUN, one that is off does not")
    void amd() {
        try (Machine machine = new Machine("hv-vapic,hv-tlbflush-direct", Vendor.AMD, 1)) {
            assertTrue(run(machine, 0, true, PARTITION_ASSIST));
            assertFalse(machine.direct(0).takes(SPACE));
            assertTrue(run(machine, 1, false, PARTITION_ASSIST));
            assertFalse(machine.direct(0).takes(SPACE));
            assertTrue(run(machine, 1, true, PARTITION_ASSIST));
            assertTrue(machine.direct(0).takes(SPACE));
            machine.setAssistPage(0, Machine.MEMORY_BYTES | 1);
            assertFalse(machine.direct(0).enter(vmcb(machine, 1, PARTITION_ASSIST)));
            machine.setAssistPage(0, 0);
            assertTrue(machine.direct(0).enter(vmcb(machine, 1, PARTITION_ASSIST)));
            assertFalse(machine.direct(0).takes(SPACE));
        }
    }

    @Test
    @DisplayName("what a VP runs is saved and restored; absurd state is refused")
    void state() throws GuestFault, StateException {
        try (Machine machine = intel(2);
                Machine target = intel(2)) {
            enter(machine, 0, 7, 0, true, true);
            enter(machine, 1, 7, 5, true, true);
            target.partition().restore(machine.partition().save());
            assertTrue(target.direct(0).takes(LIST));
            assertEquals(0, call(target, 0, fast(SPACE, 0, 1 << 5)));
            assertEquals(List.of(0b10L), target.flushes());
        }
    }

    @Test
    @DisplayName("hostile L2: random calls end in a status or #UD")
    void random() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        try (Machine machine = intel(3)) {
            for (int i = 0; i < 20_000; i++) {
                int vp = random.nextInt(3);
                if (i % 50 == 0) {
                    enter(machine, vp, random.nextInt(2), random.nextInt(4), true, true);
                    machine.flushes().clear();
                }
                int code = new int[] {SPACE, LIST, SPACE_EX, LIST_EX}[random.nextInt(4)];
                long control = code
                        | random.nextLong() & random.nextLong() & random.nextLong() & ~0xFFFFL
                        | (random.nextBoolean() ? FAST : 0);
                long hostile = random.nextBoolean() ? random.nextLong() : Machine.MEMORY_BYTES - random.nextInt(64);
                long back = random.nextLong() >> random.nextInt(64);
                try {
                    machine.direct(vp)
                            .call(
                                    GuestRegisters.in64(control, hostile, random.nextLong(), random.nextLong(), 1),
                                    random.nextBoolean() ? SAME : gpa -> back);
                } catch (GuestFault fault) {
                    throw new AssertionError("seed " + seed, fault);
                }
            }
        }
    }
}
