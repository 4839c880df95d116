package hv.kvm;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads and replaces the state of a whole VM, while every VP is parked and out of its partition. */
final class VmStates {
    private static final int CLOCK_BYTES = 48;

    private final VmResources resources;
    private final CpuStates cpus;

    VmStates(VmResources resources, CpuStates cpus) {
        this.resources = resources;
        this.cpus = cpus;
    }

    /** @throws KvmException if KVM does not give it */
    VmState read(List<VcpuThread> threads) {
        List<VpState> vps = new ArrayList<>();
        for (VcpuThread thread : threads) {
            vps.add(new VpState(cpus.read(thread.vcpu()), thread.autoEoi(), thread.isShutDown()));
        }
        return new VmState(resources.tsc.now(), clockNanos(), IrqChipState.read(resources.vm), List.copyOf(vps));
    }

    /**
     * Replaces all by {@code wanted}, or nothing.
     *
     * @return which section KVM refuses and why, as one line
     * @throws KvmException if then what was before could not be put back either
     */
    Optional<String> replace(VmState wanted, List<VcpuThread> threads) {
        threads.forEach(thread -> thread.vcpu().abandonExit());
        VmState before = read(threads);
        long offset = resources.tsc.offset();
        boolean isTscProven = TscOffset.isProven(resources.device, CpuidEntry.supported(resources.device));
        if (!isTscProven && wanted.tsc() - resources.tsc.now() > 0) {
            return Optional.of(
                    "section tsc: this KVM cannot set the counter that the guest reads, and it would go back");
        }
        boolean isDone = false;
        try {
            // The counter first: an APIC timer's deadline is a value of it.
            if (isTscProven) {
                resources.tsc.goOnFrom(wanted.tsc());
            }
            Optional<String> refused = write(wanted);
            isDone = refused.isEmpty();
            if (!isDone) {
                return refused;
            }
        } finally {
            if (!isDone) {
                putBack(before, offset);
            }
        }
        for (VcpuThread thread : threads) {
            VpState vp = wanted.vps().get(thread.vcpu().index());
            thread.goOnAs(vp.autoEoi(), vp.shutDown());
        }
        return Optional.empty();
    }

    private void putBack(VmState before, long offset) {
        if (resources.tsc.offset() != offset) {
            resources.tsc.offset(offset);
        }
        Optional<String> lost = write(before);
        if (lost.isPresent()) {
            throw new KvmException("KVM refused the new state and then the old one: " + lost.get());
        }
    }

    private Optional<String> write(VmState state) {
        if (!clockNanos(state.clockNanos())) {
            return Optional.of("section clock: KVM refuses it");
        }
        OptionalInt chip = state.irqChips().write(resources.vm);
        if (chip.isPresent()) {
            return Optional.of("section %s: KVM refuses it".formatted(VmState.chipSection(chip.getAsInt())));
        }
        for (Vcpu vcpu : resources.vcpus) {
            int vp = vcpu.index();
            Optional<String> part = cpus.write(vcpu, state.vps().get(vp).cpu());
            if (part.isPresent()) {
                return part.map(
                        name -> "section %s of VP %d: KVM refuses %s".formatted(VpState.section(name), vp, name));
            }
        }
        return Optional.empty();
    }

    private long clockNanos() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment clock = arena.allocate(CLOCK_BYTES, 8);
            resources.vm.call(Ioctl.KVM_GET_CLOCK, clock);
            return clock.get(ValueLayout.JAVA_LONG, 0);
        }
    }

    private boolean clockNanos(long value) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment clock = arena.allocate(CLOCK_BYTES, 8);
            clock.set(ValueLayout.JAVA_LONG, 0, value);
            return resources.vm.works(Ioctl.KVM_SET_CLOCK, clock);
        }
    }
}
