package hv.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.HvStatus;
import hv.api.enlightenment.HypercallSpec;
import hv.api.enlightenment.MsrRange;
import hv.api.enlightenment.Privilege;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * What the guest's CPUID does not show is closed when CPUID is enforced, and open otherwise (TLFS "Feature and
 * Interface Discovery: Partition Privileges", KVM).
 */
public interface GateContract extends ContractSubject {
    @Test
    @DisplayName("contract: enforced and not promised: every MSR is #GP, every call is HV_STATUS_ACCESS_DENIED")
    default void isClosedWhenEnforcedAndNotPromised() {
        try (Guest guest = guestWithout("hv-enforce-cpuid").identify()) {
            for (MsrRange range : descriptor().msrs()) {
                for (int msr = range.first(); msr <= range.last() && isGated(range.privilege()); msr++) {
                    assertTrue(guest.rdmsrFaults(msr), range.name());
                    assertTrue(guest.wrmsrFaults(msr, 0), range.name());
                }
            }
            for (HypercallSpec spec : descriptor().hypercalls()) {
                if (isGated(spec.privilege())) {
                    assertEquals(HvStatus.ACCESS_DENIED, guest.hypercall(spec.code(), 0, 0), spec.name());
                }
            }
        }
    }

    private static boolean isGated(Privilege privilege) {
        return privilege.rule() != Privilege.Rule.NONE;
    }

    @Test
    @DisplayName("contract: not enforced: MSRs and calls work once Hyper-V is announced, promised or not (QEMU, KVM)")
    default void isOpenWhenNotEnforced() {
        try (Guest guest = guestWithout("").identify()) {
            for (int msr : declaredMsrs()) {
                boolean isReadable = access(msr) != MsrRange.Access.WRITE_ONLY;
                assertEquals(
                        isReadable && answersUnpromised(msr), guest.read(0, msr).isPresent(), "0x%08x".formatted(msr));
            }
            for (HypercallSpec spec : descriptor().hypercalls()) {
                assertNotEquals(HvStatus.ACCESS_DENIED, guest.hypercall(spec.code(), 0, 0) & 0xFFFF, spec.name());
            }
        }
    }

    @Test
    @DisplayName("contract: without Hyper-V in CPUID every MSR is #GP and every call is #UD")
    default void isNotThereWithoutHyperV() {
        try (Guest guest = start("host")) {
            for (int msr : declaredMsrs()) {
                assertTrue(guest.rdmsrFaults(msr));
                assertTrue(guest.wrmsrFaults(msr, 0));
            }
            for (HypercallSpec spec : descriptor().hypercalls()) {
                GuestRegisters registers = GuestRegisters.in64(spec.code(), 0, 0);
                assertFalse(guest.call(0, registers), spec.name());
                assertEquals(GuestRegisters.UNTOUCHED, registers.result());
            }
        }
    }

    @Test
    @DisplayName(
            "contract: before the guest has written its OS id, in ring 3 and in real mode, every call is #UD (TLFS, KVM)")
    default void callsNeedAnIdentifiedGuestInRingZero() {
        try (Guest guest = guest("")) {
            for (HypercallSpec spec : descriptor().hypercalls()) {
                assertFalse(guest.call(0, GuestRegisters.in64(spec.code(), 0, 0)), spec.name());
            }
            guest.identify();
            for (HypercallSpec spec : descriptor().hypercalls()) {
                assertFalse(guest.call(0, GuestRegisters.inRing(3, spec.code())), spec.name());
                assertFalse(guest.call(0, GuestRegisters.inRealMode(spec.code())), spec.name());
            }
        }
    }
}
