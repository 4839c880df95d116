package hv.syndbg;

import hv.api.HvStatus;
import hv.api.enlightenment.HypercallHandler;
import hv.api.enlightenment.HypercallInput;

/**
 * What a debug call says when there is no debugger, in KVM's order: the two that carry data have no fast form; without
 * the flag there is no such call; without the option that asks for calls instead of registers they are denied; and the
 * VMM knows none.
 *
 * @param code which of the three
 * @param isPromised whether the guest has the flag
 * @param registers where the option is
 */
record DebugCalls(int code, boolean isPromised, DebugRegisters registers) implements HypercallHandler {
    private static final long USE_HYPERCALLS = 1L << 2;

    @Override
    public int call(HypercallInput input) {
        if (input.isFast() && code != Syndbg.HV_CALL_RESET_DEBUG_SESSION) {
            return HvStatus.INVALID_PARAMETER;
        }
        if (isPromised && (registers.options() & USE_HYPERCALLS) == 0) {
            return HvStatus.OPERATION_DENIED;
        }
        return HvStatus.INVALID_HYPERCALL_CODE;
    }
}
