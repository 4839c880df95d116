package hv.kvm.state;

import hv.kvm.abi.Handle;
import hv.kvm.abi.Ioctl;
import hv.kvm.abi.Vcpu;
import hv.kvm.cpuid.CpuidEntry;
import hv.kvm.error.KvmException;
import hv.kvm.layout.KvmClockData;
import hv.kvm.probe.TscOffset;
import hv.kvm.vcpu.GuestTsc;
import hv.kvm.vcpu.VcpuThread;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads and replaces the state of a whole VM, while every VP is parked and out of its partition. */
public final class VmStates {
    private final Handle device;
    private final Handle vm;
    private final GuestTsc tsc;
    private final CpuStates cpus;

    public VmStates(Handle device, Handle vm, GuestTsc tsc, CpuStates cpus) {
        this.device = device;
        this.vm = vm;
        this.tsc = tsc;
        this.cpus = cpus;
    }

    /** @throws KvmException if KVM does not give it */
    public VmState read(List<VcpuThread> threads) {
        List<VpState> vps = new ArrayList<>();
        for (VcpuThread thread : threads) {
            vps.add(new VpState(cpus.read(thread.vcpu()), thread.autoEoi(), thread.isShutDown()));
        }
        return new VmState(tsc.now(), clockNanos(), IrqChipState.read(vm), List.copyOf(vps));
    }

    /**
     * Replaces all by {@code wanted}, or nothing.
     *
     * @return which section KVM refuses and why, as one line
     * @throws KvmException if then what was before could not be put back either
     */
    public Optional<String> replace(VmState wanted, List<VcpuThread> threads) {
        threads.forEach(thread -> thread.vcpu().abandonExit());
        VmState before = read(threads);
        long offset = tsc.offset();
        boolean isTscProven = TscOffset.isProven(device, CpuidEntry.supported(device));
        if (!isTscProven && wanted.tsc() - tsc.now() > 0) {
            return Optional.of(
                    "section tsc: this KVM cannot set the counter that the guest reads, and it would go back");
        }
        boolean isDone = false;
        try {
            // The counter first: an APIC timer's deadline is a value of it.
            if (isTscProven) {
                tsc.goOnFrom(wanted.tsc());
            }
            Optional<String> refused = write(wanted, threads);
            isDone = refused.isEmpty();
            if (!isDone) {
                return refused;
            }
        } finally {
            if (!isDone) {
                putBack(before, offset, threads);
            }
        }
        for (VcpuThread thread : threads) {
            VpState vp = wanted.vps().get(thread.vcpu().index());
            thread.goOnAs(vp.autoEoi(), vp.shutDown());
        }
        return Optional.empty();
    }

    private void putBack(VmState before, long offset, List<VcpuThread> threads) {
        if (tsc.offset() != offset) {
            tsc.offset(offset);
        }
        Optional<String> lost = write(before, threads);
        if (lost.isPresent()) {
            throw new KvmException("KVM refused the new state and then the old one: " + lost.get());
        }
    }

    private Optional<String> write(VmState state, List<VcpuThread> threads) {
        if (!clockNanos(state.clockNanos())) {
            return Optional.of("section clock: KVM refuses it");
        }
        OptionalInt chip = state.irqChips().write(vm);
        if (chip.isPresent()) {
            return Optional.of("section %s: KVM refuses it".formatted(VmState.chipSection(chip.getAsInt())));
        }
        for (VcpuThread thread : threads) {
            Vcpu vcpu = thread.vcpu();
            int vp = vcpu.index();
            Optional<String> part = cpus.write(vcpu, state.vps().get(vp).cpu());
            if (part.isPresent()) {
                return part.map(name -> "section %s/vp%d: KVM refuses %s".formatted(VpState.section(name), vp, name));
            }
        }
        return Optional.empty();
    }

    private long clockNanos() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment clock = arena.allocate(KvmClockData.BYTES, 8);
            vm.call(Ioctl.KVM_GET_CLOCK, clock);
            return clock.get(ValueLayout.JAVA_LONG, KvmClockData.CLOCK);
        }
    }

    private boolean clockNanos(long value) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment clock = arena.allocate(KvmClockData.BYTES, 8);
            clock.set(ValueLayout.JAVA_LONG, KvmClockData.CLOCK, value);
            return vm.works(Ioctl.KVM_SET_CLOCK, clock);
        }
    }
}
