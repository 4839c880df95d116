package hv.kvm.vcpu;

import hv.api.CpuRegisters;
import hv.api.machine.Register;
import hv.kvm.abi.Ioctl;
import hv.kvm.abi.RunPage;
import hv.kvm.abi.SystemRegisters;
import hv.kvm.abi.Vcpu;
import hv.kvm.layout.KvmFpu;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The registers of a VP that has just called its hypercall page. General registers are in the run page: the kernel put
 * them there if the VP's last call is not long ago (KVM_CAP_SYNC_REGS), else they are fetched; mode, privilege level
 * and XMM registers are fetched when the call first asks for them. One object per VP, on the VP's thread; allocates
 * nothing.
 */
final class HypercallRegisters implements CpuRegisters {
    private static final int XMM_COUNT = 6;

    private final Vcpu vcpu;
    private final RunPage run;
    private final SystemRegisters system;
    private final MemorySegment fpu;
    private boolean systemIsFetched;
    private boolean fpuIsFetched;

    HypercallRegisters(Vcpu vcpu, Arena arena) {
        this.vcpu = vcpu;
        this.run = vcpu.runPage();
        this.system = new SystemRegisters(arena);
        this.fpu = arena.allocate(KvmFpu.BYTES, 8);
    }

    /** Forgets the last call, and gets the general registers of this one. */
    void begin() {
        if (!run.registersAreSynced()) {
            vcpu.fetch(Ioctl.KVM_GET_REGS, run.registers());
            run.syncRegisters(true);
        }
        systemIsFetched = false;
        fpuIsFetched = false;
    }

    private SystemRegisters system() {
        if (!systemIsFetched) {
            system.fetch(vcpu);
            systemIsFetched = true;
        }
        return system;
    }

    private long xmm(int register, int half) {
        java.util.Objects.checkIndex(register, XMM_COUNT);
        if (!fpuIsFetched) {
            vcpu.fetch(Ioctl.KVM_GET_FPU, fpu);
            fpuIsFetched = true;
        }
        return fpu.get(ValueLayout.JAVA_LONG, KvmFpu.xmm(register, half));
    }

    @Override
    public Mode mode() {
        return system().mode(run.register(Register.RFLAGS));
    }

    @Override
    public int cpl() {
        return system().cpl();
    }

    @Override
    public long rax() {
        return run.register(Register.RAX);
    }

    @Override
    public long rbx() {
        return run.register(Register.RBX);
    }

    @Override
    public long rcx() {
        return run.register(Register.RCX);
    }

    @Override
    public long rdx() {
        return run.register(Register.RDX);
    }

    @Override
    public long rsi() {
        return run.register(Register.RSI);
    }

    @Override
    public long rdi() {
        return run.register(Register.RDI);
    }

    @Override
    public long r8() {
        return run.register(Register.R8);
    }

    @Override
    public void rax(long value) {
        run.register(Register.RAX, value);
    }

    @Override
    public void rdx(long value) {
        run.register(Register.RDX, value);
    }

    @Override
    public long xmmLow(int register) {
        return xmm(register, 0);
    }

    @Override
    public long xmmHigh(int register) {
        return xmm(register, 1);
    }
}
