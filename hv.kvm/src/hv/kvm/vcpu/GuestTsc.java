package hv.kvm.vcpu;

import hv.kvm.abi.HostTsc;
import hv.kvm.abi.Msr;
import hv.kvm.abi.Vcpu;
import hv.kvm.error.KvmException;
import java.util.List;

/**
 * The time stamp counter that the guest's RDTSC reads, the same on every VP.
 *
 * <p>KVM adds a constant to the host's counter (and we never ask for another frequency), so host counter plus offset is
 * exact, to the tick, from any thread. That exactness is needed: a guest may read the reference TSC page, the reference
 * counter MSR and the page again and expect the MSR between the two. The offset comes from the vCPU attribute
 * KVM_VCPU_TSC_OFFSET (Linux 5.16) and every VP is given that of VP 0; the guest's own writes to its counter are
 * refused by the MSR filter, so it stays.
 *
 * <p>Where the attribute is missing, or does not agree with the vCPU's own counter, a VP's thread asks the kernel each
 * time (exact, one system call more) and other threads use an offset measured at the start (late by the length of a
 * system call at most).
 */
public abstract class GuestTsc {
    private static final System.Logger LOG = System.getLogger(GuestTsc.class.getName());

    /** The counter now. Any thread. */
    public abstract long now();

    /** What it is ahead of the host's counter. Any thread. */
    public abstract long offset();

    /**
     * Moves the counter of every VP, so that it is {@code offset} ahead of the host's. While every VP is parked.
     *
     * @throws KvmException if KVM refuses it
     */
    public abstract void offset(long offset);

    /** Has the counter of every VP go on from {@code value}. While every VP is parked. */
    public final void goOnFrom(long value) {
        offset(value - HostTsc.read());
    }

    /** Finds the way for these vCPUs, which have not run yet. */
    public static GuestTsc of(List<Vcpu> vcpus) {
        Vcpu first = vcpus.getFirst();
        if (first.hasTscOffset()) {
            Computed computed = new Computed(vcpus, first.tscOffset());
            computed.offset(computed.offset());
            if (vcpus.stream().allMatch(vcpu -> agrees(vcpu, computed.offset()))) {
                return computed;
            }
        }
        LOG.log(System.Logger.Level.INFO, "KVM does not tell the guest's TSC offset: reading it costs a system call");
        return new Asked(vcpus, measure(first));
    }

    private static boolean agrees(Vcpu vcpu, long offset) {
        long before = HostTsc.read() + offset;
        long guest = vcpu.msr(Msr.IA32_TIME_STAMP_COUNTER);
        long after = HostTsc.read() + offset;
        return guest - before >= 0 && after - guest >= 0;
    }

    /** The tightest of some readings: guest minus host, with the host's counter taken first, so never early. */
    private static long measure(Vcpu vcpu) {
        long best = 0;
        long width = Long.MAX_VALUE;
        for (int i = 0; i < 16; i++) {
            long before = HostTsc.read();
            long guest = vcpu.msr(Msr.IA32_TIME_STAMP_COUNTER);
            long after = HostTsc.read();
            if (after - before < width) {
                width = after - before;
                best = guest - after;
            }
        }
        return best;
    }

    /** Host counter plus a known offset. */
    private static final class Computed extends GuestTsc {
        private final List<Vcpu> vcpus;
        private volatile long offset;

        Computed(List<Vcpu> vcpus, long offset) {
            this.vcpus = List.copyOf(vcpus);
            this.offset = offset;
        }

        @Override
        public long now() {
            return HostTsc.read() + offset;
        }

        @Override
        public long offset() {
            return offset;
        }

        @Override
        public void offset(long wanted) {
            vcpus.forEach(vcpu -> vcpu.tscOffset(wanted));
            offset = wanted;
        }
    }

    /** The kernel's answer on a VP's thread, an estimate elsewhere. */
    public static final class Asked extends GuestTsc {
        private final List<Vcpu> vcpus;
        private volatile long offset;

        public Asked(List<Vcpu> vcpus, long offset) {
            this.vcpus = List.copyOf(vcpus);
            this.offset = offset;
        }

        @Override
        public long now() {
            return Thread.currentThread() instanceof VcpuThread thread
                    ? thread.vcpu().msr(Msr.IA32_TIME_STAMP_COUNTER)
                    : HostTsc.read() + offset;
        }

        @Override
        public long offset() {
            return offset;
        }

        /** {@inheritDoc} The kernel gives counters that are set to about the same at about the same time one offset. */
        @Override
        public void offset(long wanted) {
            vcpus.forEach(vcpu -> vcpu.setMsr(Msr.IA32_TIME_STAMP_COUNTER, HostTsc.read() + wanted));
            offset = measure(vcpus.getFirst());
        }
    }
}
