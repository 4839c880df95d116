package hv.kvm.vcpu;

import hv.kvm.abi.SystemRegisters;
import hv.kvm.abi.Vcpu;
import java.lang.foreign.Arena;

/**
 * Flushes one VP's TLB while it is out of the guest: system registers are set with CR4.PGE flipped and then as they
 * were. KVM rebuilds the VP's paging state for each change and flushes what it had cached before the VP enters the
 * guest. On the VP's thread.
 */
final class TlbFlush {
    private final Vcpu vcpu;
    private final SystemRegisters registers;

    TlbFlush(Vcpu vcpu, Arena arena) {
        this.vcpu = vcpu;
        this.registers = new SystemRegisters(arena);
    }

    void run() {
        registers.fetch(vcpu);
        registers.flipGlobalPages();
        registers.store(vcpu);
        registers.flipGlobalPages();
        registers.store(vcpu);
    }
}
