package hv.partition;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.CpuRegisters;
import hv.api.CpuidRegister;
import hv.api.GuestFault;
import hv.api.HvStatus;
import hv.api.VpSet;
import hv.api.enlightenment.CpuidBits;
import hv.api.enlightenment.HypercallInput;
import hv.api.enlightenment.HypercallSpec;
import hv.api.enlightenment.HypercallSpec.MemoryRule;
import hv.api.enlightenment.HypercallSpec.Reps;
import hv.api.enlightenment.Privilege;
import hv.api.host.GuestPartition;
import hv.api.host.GuestVp;
import hv.hosted.HostedHost;
import java.util.List;
import java.util.Random;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("TLFS 'Hypercall Interface', checked in KVM's order")
class HypercallTest {
    private static final long FAST = 1L << 16;
    private static final int CODE = 0x42;
    private static final CpuidBits BIT = CpuidBits.bit(CpuidBits.LEAF_FEATURES, CpuidRegister.EBX, 4, "Testing");
    private static final CpuidBits XMM = CpuidBits.bit(CpuidBits.LEAF_FEATURES, CpuidRegister.EDX, 4, "XMM");

    private final HostedHost host = HostedHost.builder().build();
    private GuestPartition partition;
    private long[] seen;
    private int seenReps;

    /** Remembers {@code qwords} of input and the repetition count. */
    private ToIntFunction<HypercallInput> remember(int qwords) {
        return input -> {
            int status = input.fetch();
            if (status == HvStatus.SUCCESS) {
                seen = new long[qwords];
                for (int i = 0; i < qwords; i++) {
                    seen[i] = input.qword(i);
                }
                seenReps = input.repCount();
            }
            return status;
        };
    }

    private static HypercallSpec spec(Reps reps, boolean variable, int bytes, boolean xmm, MemoryRule rule) {
        return new HypercallSpec(CODE, "HvCallTest", reps, variable, bytes, xmm, rule, Privilege.of(BIT));
    }

    private static HypercallSpec simple(int bytes) {
        return HypercallSpec.simple(CODE, "HvCallTest", bytes, Privilege.of(BIT));
    }

    private GuestVp vp(String flags, HypercallSpec spec, ToIntFunction<HypercallInput> handler) throws Exception {
        partition = PartitionService.of(List.of(
                        TestEnlightenment.of("a").with(BIT).with(spec, handler),
                        TestEnlightenment.of("xmm-input").with(XMM),
                        TestEnlightenment.of("other")))
                .create(flags, host);
        GuestVp vp = partition.addVp();
        vp.writeMsr(0x40000000, 0x8100_0000_0000_0001L);
        return vp;
    }

    /** Adds VPs until there are {@code count}. */
    private void addVps(int count) {
        while (partition.vpCount() < count) {
            partition.addVp();
        }
    }

    private GuestVp vp(HypercallSpec spec, ToIntFunction<HypercallInput> handler) throws Exception {
        return vp("hv-a,hv-xmm-input,hv-enforce-cpuid", spec, handler);
    }

    private static long call(GuestVp vp, long control, long input, long output) throws GuestFault {
        Registers registers = Registers.of64(control, input, output);
        vp.hypercall(registers);
        return registers.rax();
    }

    @Test
    void shouldTakeFastInputOfA64BitCallerFromRdxAndR8() throws Exception {
        GuestVp vp = vp(simple(16), remember(2));
        assertEquals(0, call(vp, FAST | CODE, 0x1111, 0x2222));
        assertArrayEquals(new long[] {0x1111, 0x2222}, seen);
    }

    @Test
    @DisplayName("A 32-bit caller: control EDX:EAX, input EBX:ECX, output EDI:ESI, result EDX:EAX")
    void shouldTakeTheRegistersOfA32BitCaller() throws Exception {
        GuestVp vp = vp(spec(Reps.LIST, false, 16, false, MemoryRule.ANY_ADDRESS), remember(2));
        Registers registers = Registers.of32(5L << 32 | FAST | CODE, 0xAAAA_0000_BBBBL, 0xCCCC_0000_DDDDL);
        vp.hypercall(registers);
        assertArrayEquals(new long[] {0xAAAA_0000_BBBBL, 0xCCCC_0000_DDDDL}, seen);
        assertEquals(0, registers.rax(), "low half of the result");
        assertEquals(5, registers.rdx(), "repetitions completed, bits 43:32 of the result");
    }

    @Test
    void shouldTakeSlowInputFromMemoryAtAnyByteAddress() throws Exception {
        GuestVp vp = vp(simple(24), remember(3));
        for (int i = 0; i < 3; i++) {
            host.memory().putLong(0xAFFB + 8 * i, 100 + i);
        }
        assertEquals(0, call(vp, CODE, 0xAFFB, 0), "KVM asks alignment of HvCallSignalEvent only");
        assertArrayEquals(new long[] {100, 101, 102}, seen);
    }

    @Test
    @DisplayName("Fast input goes on in XMM0 to XMM5, low half first: 112 bytes in all")
    void shouldContinueFastInputInXmmRegisters() throws Exception {
        VpSet set = new VpSet();
        GuestVp vp = vp(spec(Reps.NONE, true, 24, true, MemoryRule.ANY_ADDRESS), input -> {
            remember(3).applyAsInt(input);
            return input.vpSet(2, set);
        });
        addVps(641);
        Registers registers = Registers.of64(FAST | 11L << 17 | CODE, 1, 2);
        registers.half(0, 0x8000_0000_0000_03FFL); // banks 0 to 9 and 63
        for (int i = 1; i < 12; i++) {
            registers.half(i, 100 + i);
        }
        vp.hypercall(registers);
        assertEquals(0, registers.rax());
        assertArrayEquals(new long[] {1, 2, 0x8000_0000_0000_03FFL}, seen);
        assertEquals(101, set.bank(0));
        assertEquals(110, set.bank(9));
        assertEquals(0, set.bank(10));
        assertEquals(0, set.bank(63), "VPs that do not exist are left out");
        registers.call(CpuRegisters.Mode.LONG, 0, FAST | 12L << 17 | CODE, 1, 2);
        registers.half(0, 0xFFF);
        vp.hypercall(registers);
        assertEquals(HvStatus.INVALID_HYPERCALL_INPUT, registers.rax(), "a twelfth bank has no register");
    }

    @Test
    @DisplayName("TLFS 'Sparse Virtual Processor Set': one bank for each bit of the mask, no more and no less")
    void shouldRefuseASetWhoseHeaderDoesNotMatchItsMask() throws Exception {
        VpSet set = new VpSet();
        GuestVp vp = vp(spec(Reps.NONE, true, 8, false, MemoryRule.ANY_ADDRESS), input -> {
            input.fetch();
            return input.vpSet(0, set);
        });
        addVps(192);
        host.memory().putLong(0xA000, 0b101);
        host.memory().putLong(0xA008, 7);
        host.memory().putLong(0xA010, 1L << 63);
        assertEquals(0, call(vp, 2L << 17 | CODE, 0xA000, 0));
        assertTrue(set.contains(2) && set.contains(191) && !set.contains(64));
        assertEquals(HvStatus.INVALID_HYPERCALL_INPUT, call(vp, 1L << 17 | CODE, 0xA000, 0));
        assertEquals(HvStatus.INVALID_HYPERCALL_INPUT, call(vp, 3L << 17 | CODE, 0xA000, 0));
        host.memory().putLong(0xFF_FFF8, 1);
        assertEquals(HvStatus.INVALID_HYPERCALL_INPUT, call(vp, 1L << 17 | CODE, 0xFF_FFF8, 0), "banks outside RAM");
    }

    @Test
    @DisplayName("XMM input that was not offered is #UD (KVM, enforced)")
    void shouldRaiseUdForXmmInputThatWasNotOffered() throws Exception {
        HypercallSpec spec = spec(Reps.NONE, false, 24, true, MemoryRule.ANY_ADDRESS);
        GuestVp vp = vp("hv-a,hv-enforce-cpuid", spec, remember(3));
        assertSame(GuestFault.INVALID_OPCODE, assertThrows(GuestFault.class, () -> call(vp, FAST | CODE, 0, 0)));
        assertEquals(0, call(vp, CODE, 0xA000, 0), "the slow form is not affected");
        assertEquals(0, call(vp("hv-a", spec, remember(3)), FAST | CODE, 0, 0), "not enforced: not looked at");
    }

    @ParameterizedTest
    @ValueSource(longs = {1L << 27, 1L << 31, 1L << 44, 1L << 47, 1L << 60, 1L << 63})
    void shouldRefuseReservedControlBits(long bit) throws Exception {
        GuestVp vp = vp(simple(0), remember(0));
        assertEquals(HvStatus.INVALID_HYPERCALL_INPUT, call(vp, bit | CODE, 0, 0));
        assertEquals(HvStatus.INVALID_HYPERCALL_INPUT, call(vp, bit | 0xBEEF, 0, 0), "before the code is looked up");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 0xBEEF, 0, 0xFFFF, 0x8000, 0x8042, 0x80FF, 0x7FFF})
    void shouldAnswerAnUnknownCodeWithInvalidHypercallCode(long code) throws Exception {
        assertEquals(HvStatus.INVALID_HYPERCALL_CODE, call(vp(simple(0), remember(0)), code, 0, 0));
    }

    @Test
    @DisplayName(
            "TLFS 'Partition Privileges': a missing privilege is ACCESS_DENIED, before reserved bits are looked at")
    void shouldDenyAccessWithoutThePrivilegeBit() throws Exception {
        GuestVp vp = vp("hv-other,hv-enforce-cpuid", simple(0), remember(0));
        assertEquals(HvStatus.ACCESS_DENIED, call(vp, CODE, 0, 0));
        assertEquals(HvStatus.ACCESS_DENIED, call(vp, 1L << 27 | CODE, 0, 0));
        assertEquals(0, call(vp("hv-other", simple(0), remember(0)), CODE, 0, 0), "not enforced: every call works");
    }

    @Test
    void shouldRefuseRepetitionsAndHeadersThatTheCallDoesNotHave() throws Exception {
        GuestVp vp = vp(simple(0), remember(0));
        assertEquals(HvStatus.INVALID_HYPERCALL_INPUT, call(vp, 1L << 32 | CODE, 0, 0), "count");
        assertEquals(HvStatus.INVALID_HYPERCALL_INPUT, call(vp, 1L << 48 | CODE, 0, 0), "start");
        assertEquals(HvStatus.INVALID_HYPERCALL_INPUT, call(vp, 1L << 17 | CODE, 0, 0), "variable header");
    }

    @Test
    void shouldAskAListCallForACountAndNoStart() throws Exception {
        GuestVp vp = vp(spec(Reps.LIST, false, 0, false, MemoryRule.ANY_ADDRESS), remember(0));
        assertEquals(HvStatus.INVALID_HYPERCALL_INPUT, call(vp, CODE, 0, 0));
        assertEquals(HvStatus.INVALID_HYPERCALL_INPUT, call(vp, 1L << 48 | 2L << 32 | CODE, 0, 0));
        assertEquals(4095L << 32, call(vp, 4095L << 32 | CODE, 0, 0));
        assertEquals(4095, seenReps);
    }

    @ParameterizedTest
    @ValueSource(longs = {0x100_0000, 0xFF_FFF8, -1, -8, Long.MIN_VALUE, 0xFEE0_0000L})
    void shouldRefuseInputOutsideRam(long gpa) throws Exception {
        assertEquals(HvStatus.INVALID_HYPERCALL_INPUT, call(vp(simple(16), remember(2)), CODE, gpa, 0));
    }

    @ParameterizedTest
    @ValueSource(longs = {0xA001, 0xA004, 0xAFFC, 0xAFF8, -16, 0x100_0000})
    void shouldAnswerBadAlignmentWhereTheCallAsksForIt(long gpa) throws Exception {
        GuestVp vp = vp(spec(Reps.NONE, false, 16, false, MemoryRule.ALIGNED_IN_PAGE), remember(2));
        assertEquals(HvStatus.INVALID_ALIGNMENT, call(vp, CODE, gpa, 0));
    }

    @Test
    void shouldHandListElementsFromMemoryAndRegisters() throws Exception {
        long[] list = new long[3];
        GuestVp vp = vp(spec(Reps.LIST, true, 8, true, MemoryRule.ANY_ADDRESS), input -> {
            input.fetch();
            return input.list(1, 3, list);
        });
        for (int i = 0; i < 10; i++) {
            host.memory().putLong(0xA000 + 8 * i, 10 + i);
        }
        assertEquals(4L << 32, call(vp, 4L << 32 | 2L << 17 | CODE, 0xA000, 0));
        assertArrayEquals(new long[] {14, 15, 16}, list, "after 1 fixed and 2 variable words and the first element");
        Registers registers = Registers.of64(FAST | 4L << 32 | 2L << 17 | CODE, 1, 2);
        for (int i = 0; i < 12; i++) {
            registers.half(i, 3 + i);
        }
        vp.hypercall(registers);
        assertArrayEquals(new long[] {5, 6, 7}, list);
        assertEquals(HvStatus.INVALID_HYPERCALL_INPUT, call(vp, 4L << 32 | 2L << 17 | CODE, 0x100_0000 - 40, 0));
    }

    @Test
    @DisplayName("#UD in real mode, outside ring 0, and before the guest has written GUEST_OS_ID (KVM)")
    void shouldRaiseUdWhereNoHypercallMayBeMade() throws Exception {
        GuestVp vp = vp(simple(0), remember(0));
        Registers real = new Registers();
        real.call(CpuRegisters.Mode.REAL, 0, CODE, 0, 0);
        real.rax(Registers.UNTOUCHED);
        Registers user = new Registers();
        user.call(CpuRegisters.Mode.LONG, 3, CODE, 0, 0);
        for (Registers registers : List.of(real, user)) {
            assertSame(GuestFault.INVALID_OPCODE, assertThrows(GuestFault.class, () -> vp.hypercall(registers)));
            assertEquals(Registers.UNTOUCHED, registers.rax(), "no register has changed");
        }
        vp.writeMsr(0x40000000, 0);
        assertThrows(GuestFault.class, () -> call(vp, CODE, 0, 0));
    }

    @Test
    void shouldTurnAFailingHandlerIntoAFaultAndGoOn() throws Exception {
        GuestVp vp = vp(simple(0), input -> {
            throw new IllegalStateException("a bug");
        });
        assertThrows(GuestFault.class, () -> call(vp, CODE, 0, 0));
        assertEquals(HvStatus.INVALID_HYPERCALL_CODE, call(vp, 0xBEEF, 0, 0));
    }

    @Test
    void shouldAnswerEveryControlWordWithAStatusOrAFault() throws Exception {
        GuestVp vp = vp(spec(Reps.LIST, true, 24, true, MemoryRule.ANY_ADDRESS), input -> {
            int status = input.fetch();
            return status == 0 ? input.list(0, Math.min(input.repCount(), 16), new long[16]) : status;
        });
        Random random = new Random(20260102);
        for (int i = 0; i < 200_000; i++) {
            long control = random.nextLong() & (random.nextBoolean() ? 0x0FFF_0FFF_07FF_FFFFL : -1);
            long code = random.nextBoolean() ? control & ~0xFFFFL | CODE : control;
            Registers registers = random.nextBoolean()
                    ? Registers.of64(code, random.nextLong() >>> random.nextInt(64), random.nextLong())
                    : Registers.of32(code, random.nextLong() >>> random.nextInt(64), random.nextLong());
            try {
                vp.hypercall(registers);
            } catch (GuestFault fault) {
                assertSame(GuestFault.INVALID_OPCODE, fault);
            }
        }
    }
}
