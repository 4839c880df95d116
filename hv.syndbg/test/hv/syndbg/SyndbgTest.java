package hv.syndbg;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.CpuidRegister;
import hv.api.HvStatus;
import hv.api.StateException;
import hv.api.enlightenment.Attachment;
import hv.api.enlightenment.Descriptor;
import hv.api.enlightenment.Enlightenment;
import hv.api.enlightenment.FlagOption;
import hv.api.enlightenment.Partition;
import hv.api.enlightenment.VirtualProcessor;
import hv.api.enlightenment.VpAttachment;
import hv.testkit.EnlightenmentContract;
import hv.testkit.Guest;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class SyndbgTest implements EnlightenmentContract {
    private static final int CONTROL = 0x4000_00F1;
    private static final int STATUS = 0x4000_00F2;
    private static final int OPTIONS = 0x4000_00FF;
    private static final long FAST = 1 << 16;

    /** Stands for what is required, of which nothing but the flag is used. */
    private record Named(String id) implements Enlightenment, Attachment {
        @Override
        public Descriptor descriptor() {
            return new Descriptor(
                    id,
                    id,
                    "is there",
                    "Tests",
                    List.of(FlagOption.ofSwitch("hv-" + id)),
                    List.of(),
                    List.of(),
                    "",
                    List.of(),
                    List.of(),
                    List.of(),
                    1);
        }

        @Override
        public Attachment attach(Partition partition) {
            return this;
        }

        @Override
        public VpAttachment addVp(VirtualProcessor vp) {
            return VpAttachment.NOTHING;
        }
    }

    @Override
    public Enlightenment enlightenment() {
        return new Syndbg();
    }

    @Override
    public List<Enlightenment> required() {
        return List.of(new Named("relaxed"), new Named("synic"));
    }

    @Override
    public boolean answersUnpromised(int msr) {
        return false;
    }

    @Override
    public boolean takesBackItsValue(int msr) {
        return true;
    }

    @Test
    @Override
    @DisplayName(
            "KVM: enforced and without the flag the registers are #GP, and the calls are unknown rather than denied")
    public void isClosedWhenEnforcedAndNotPromised() {
        try (Guest guest = guestWithout("hv-enforce-cpuid").identify()) {
            for (int msr : declaredMsrs()) {
                assertTrue(guest.rdmsrFaults(msr));
                assertTrue(guest.wrmsrFaults(msr, 0));
            }
            assertUnknownCalls(guest);
        }
    }

    private static void assertUnknownCalls(Guest guest) {
        for (int code : new int[] {0x69, 0x6A, 0x6B}) {
            assertEquals(HvStatus.INVALID_HYPERCALL_CODE, guest.hypercall(code, 0, 0));
        }
        assertEquals(HvStatus.INVALID_PARAMETER, guest.hypercall(FAST | 0x69, 0, 0));
        assertEquals(HvStatus.INVALID_PARAMETER, guest.hypercall(FAST | 0x6A, 0, 0));
        assertEquals(HvStatus.INVALID_HYPERCALL_CODE, guest.hypercall(FAST | 0x6B, 0, 0));
    }

    @Test
    @DisplayName("KVM: without the flag registers are #GP and calls unknown, also where CPUID is not enforced")
    void isNotThereWithoutTheFlag() {
        try (Guest guest = guestWithout("").identify()) {
            for (int msr : declaredMsrs()) {
                assertTrue(guest.rdmsrFaults(msr));
                assertTrue(guest.wrmsrFaults(msr, 0));
            }
            assertUnknownCalls(guest);
        }
    }

    @Test
    @DisplayName("QEMU: leaves 0x40000080 to 0x40000082 say Microsoft VS, VS#1, kernel debugging allowed")
    void showsItsLeaves() {
        try (Guest guest = guest("")) {
            assertEquals(0x4000_0082, guest.cpuid().get(0x4000_0000, CpuidRegister.EAX));
            assertEquals(0, guest.cpuid().get(0x4000_0080, CpuidRegister.EAX));
            assertEquals(0x7263_694D, guest.cpuid().get(0x4000_0080, CpuidRegister.EBX));
            assertEquals(0x666F_736F, guest.cpuid().get(0x4000_0080, CpuidRegister.ECX));
            assertEquals(0x5356_2074, guest.cpuid().get(0x4000_0080, CpuidRegister.EDX));
            assertEquals(0x3123_5356, guest.cpuid().get(0x4000_0081, CpuidRegister.EAX));
            assertEquals(2, guest.cpuid().get(0x4000_0082, CpuidRegister.EAX));
            assertEquals(0, guest.cpuid().get(0x4000_0003, CpuidRegister.EBX) & 1 << 11);
        }
    }

    @Test
    @DisplayName("KVM, QEMU without a device: registers of the partition; writing CONTROL leaves STATUS at 0")
    void registersAreStored() {
        try (Guest guest = guest("hv-enforce-cpuid")) {
            guest.wrmsr(0, STATUS, 0x1234);
            assertEquals(0x1234, guest.rdmsr(1, STATUS));
            guest.wrmsr(1, CONTROL, 1);
            assertEquals(1, guest.rdmsr(0, CONTROL));
            assertEquals(0, guest.rdmsr(0, STATUS));
        }
    }

    @Test
    @DisplayName(
            "KVM: enforced, all three calls are denied, fast or not, whatever else is wrong: QEMU gives no Debugging privilege")
    void callsAreDeniedWhenEnforced() {
        try (Guest guest = guest("hv-enforce-cpuid").identify()) {
            for (long code : new long[] {0x69, 0x6A, 0x6B}) {
                assertEquals(HvStatus.ACCESS_DENIED, guest.hypercall(code, 0, 0));
                assertEquals(HvStatus.ACCESS_DENIED, guest.hypercall(FAST | code, 0, 0));
                assertEquals(HvStatus.ACCESS_DENIED, guest.hypercall(1L << 63 | code, 0, 0));
            }
        }
    }

    @Test
    @DisplayName(
            "KVM: not enforced, calls are denied as an operation until OPTIONS asks for them, and then the VMM knows none")
    void callsFollowTheOption() {
        try (Guest guest = guest("").identify()) {
            assertEquals(HvStatus.INVALID_PARAMETER, guest.hypercall(FAST | 0x69, 0, 0));
            assertEquals(HvStatus.INVALID_PARAMETER, guest.hypercall(FAST | 0x6A, 0, 0));
            for (long control : new long[] {0x69, 0x6A, 0x6B, FAST | 0x6B, 0x69 | 1 << 17, 0x6A | 1L << 32}) {
                assertEquals(HvStatus.OPERATION_DENIED, guest.hypercall(control, 0, 0));
            }
            guest.wrmsr(OPTIONS, 4);
            for (long control : new long[] {0x69, 0x6A, 0x6B, FAST | 0x6B}) {
                assertEquals(HvStatus.INVALID_HYPERCALL_CODE, guest.hypercall(control, 0, 0));
            }
        }
    }

    @Test
    @DisplayName("registers that were used are not restored into a guest that has none")
    void usedStateNeedsTheFlag() {
        try (Guest used = guest("");
                Guest without = guestWithout("")) {
            used.wrmsr(OPTIONS, 4);
            assertThrows(StateException.class, () -> without.partition().restore(used.save()));
        }
    }
}
