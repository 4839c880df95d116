package hv.partition.vp;

import hv.api.CpuidRegister;
import hv.api.HvStatus;
import hv.api.enlightenment.CpuidBits;
import hv.api.enlightenment.HypercallHandler;
import hv.api.enlightenment.HypercallSpec;
import hv.api.enlightenment.HypercallSpec.MemoryRule;
import hv.api.enlightenment.HypercallSpec.Reps;
import hv.api.enlightenment.Privilege;

/**
 * Calls that KVM knows by code though nobody offers them, so that their answer is not simply "no such call". None of
 * them does anything; an enlightenment that claims such a code takes its place.
 *
 * <p>The extended calls 0x8001 to 0x8041 need the privilege EnableExtendedHypercalls, which no flag gives; where CPUID
 * is not enforced, KVM refuses the fast form with HV_STATUS_INVALID_PARAMETER and hands the other to the VMM, which
 * knows no such call. The fast forms of HvCallPostDebugData and HvCallRetrieveDebugData are HV_STATUS_INVALID_PARAMETER
 * even where there is no debugger. No other part of the control word is looked at. HvCallResetDebugSession is here
 * because a guest without a debugger lacks the call and not the privilege for it.
 */
public final class UnofferedCalls {
    private static final int FIRST_EXTENDED = 0x8001;
    private static final int LAST_EXTENDED = 0x8041;
    private static final int HV_CALL_POST_DEBUG_DATA = 0x0069;
    private static final int HV_CALL_RETRIEVE_DEBUG_DATA = 0x006A;
    private static final int HV_CALL_RESET_DEBUG_SESSION = 0x006B;
    private static final Privilege EXTENDED =
            Privilege.of(CpuidBits.bit(CpuidBits.LEAF_FEATURES, CpuidRegister.EBX, 20, "EnableExtendedHypercalls"));

    private static final HypercallHandler SLOW_FORM_ONLY =
            call -> call.isFast() ? HvStatus.INVALID_PARAMETER : HvStatus.INVALID_HYPERCALL_CODE;

    private UnofferedCalls() {}

    /** Adds them; what is added later takes their place. */
    public static void addTo(Routes routes) {
        for (int code = FIRST_EXTENDED; code <= LAST_EXTENDED; code++) {
            routes.add(unchecked(code, "HvExtCall", EXTENDED), SLOW_FORM_ONLY);
        }
        routes.add(unchecked(HV_CALL_POST_DEBUG_DATA, "HvCallPostDebugData", Privilege.NONE), SLOW_FORM_ONLY);
        routes.add(unchecked(HV_CALL_RETRIEVE_DEBUG_DATA, "HvCallRetrieveDebugData", Privilege.NONE), SLOW_FORM_ONLY);
        routes.add(
                unchecked(HV_CALL_RESET_DEBUG_SESSION, "HvCallResetDebugSession", Privilege.NONE),
                call -> HvStatus.INVALID_HYPERCALL_CODE);
    }

    private static HypercallSpec unchecked(int code, String name, Privilege privilege) {
        return new HypercallSpec(code, name, Reps.UNCHECKED, true, 0, false, MemoryRule.ANY_ADDRESS, privilege);
    }
}
