package hv.kvm;

import hv.api.host.CpuRegisters;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The registers of a VP that has just called its hypercall page. General registers are in the run page: the kernel put them there if the
 * VP's last call is not long ago (KVM_CAP_SYNC_REGS), else they are fetched; mode, privilege level and XMM registers are fetched when the call first asks for them. One object per VP, on the
 * VP's thread; allocates nothing.
 */
final class HypercallRegisters implements CpuRegisters {
    private static final int FPU_BYTES = 416;
    private static final long XMM = 0x98;
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
        this.fpu = arena.allocate(FPU_BYTES, 8);
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

    private long xmm(int register, long offset) {
        java.util.Objects.checkIndex(register, XMM_COUNT);
        if (!fpuIsFetched) {
            vcpu.fetch(Ioctl.KVM_GET_FPU, fpu);
            fpuIsFetched = true;
        }
        return fpu.get(ValueLayout.JAVA_LONG, XMM + 16L * register + offset);
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
        return xmm(register, 8);
    }
}
