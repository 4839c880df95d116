package hv.kvm.state;

import hv.api.machine.BootState;
import hv.kvm.abi.SystemRegisters;
import hv.kvm.abi.Vcpu;
import hv.kvm.error.KvmException;
import hv.kvm.layout.KvmMpState;
import java.lang.foreign.Arena;
import java.util.Optional;

/**
 * The state of a vCPU right after creation, put back at a reset: KVM has no reset of its own. One per vCPU; used while
 * the vCPU is out of the guest.
 */
public final class PowerOnState {
    private final Vcpu vcpu;
    private final CpuStates states;
    private final SystemRegisters system;
    private final CpuState state;

    /**
     * Reads the state of {@code vcpu}, whose CPUID is final; most of it is as in {@code first}, that of another one, or
     * null.
     */
    public PowerOnState(Vcpu vcpu, PowerOnState first, CpuStates states, Arena arena) {
        this.vcpu = vcpu;
        this.states = states;
        this.system = new SystemRegisters(arena);
        CpuState own = states.read(vcpu);
        this.state = first == null ? own : own.sharing(first.state);
    }

    /** The MSRs that this vCPU has, and what else there is at power-on. */
    public CpuState state() {
        return state;
    }

    /**
     * Puts it back, then sets {@code boot} (the VP that starts) or has the vCPU wait for INIT and SIPI ({@code null}).
     */
    public void restore(BootState boot) {
        Optional<String> refused = states.write(vcpu, state);
        if (refused.isPresent()) {
            throw new KvmException("%s cannot be reset: KVM refuses %s, which it gave at the start"
                    .formatted(vcpu.handle().what(), refused.get()));
        }
        enter(boot);
    }

    /** As {@link #restore} for a vCPU that has not run. */
    public void enter(BootState boot) {
        if (boot == null) {
            vcpu.mpState(KvmMpState.UNINITIALIZED);
            return;
        }
        system.fetch(vcpu);
        system.enter(boot);
        system.store(vcpu);
        vcpu.registers(boot);
        vcpu.mpState(KvmMpState.RUNNABLE);
    }
}
