package hv.kvm.vcpu;

import hv.kvm.abi.KickSignal;
import hv.kvm.abi.RunPage;
import hv.kvm.abi.Vcpu;
import java.lang.foreign.Arena;

/** The entry of a vCPU: KVM_RUN, {@code immediate_exit} and the {@link KickSignal}. */
final class VcpuEntry implements Entry {
    private final Vcpu vcpu;
    private final RunPage run;
    private final KickSignal signal;

    /** Segments live as long as {@code arena}. */
    VcpuEntry(Vcpu vcpu, Arena arena) {
        this.vcpu = vcpu;
        this.run = vcpu.runPage();
        this.signal = new KickSignal(arena);
    }

    /** The VP's thread begins: from now on it can be kicked. One sent before had no effect; what follows serves it. */
    void arm() {
        signal.arm(vcpu);
    }

    /** The VP's thread ends. */
    void disarm() {
        signal.disarm();
    }

    @Override
    public boolean enter() {
        return vcpu.enter();
    }

    @Override
    public void immediateExit(boolean on) {
        run.immediateExit(on ? 1 : 0);
    }

    @Override
    public int signal() {
        return signal.send(run);
    }

    @Override
    public void takeSignal() {
        signal.takeOne();
    }
}
