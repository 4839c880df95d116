package hv.partition;

import hv.api.CpuidRegister;
import hv.api.GuestFault;
import hv.api.HvStatus;
import hv.api.StateException;
import hv.api.enlightenment.Alarm;
import hv.api.enlightenment.Attachment;
import hv.api.enlightenment.CpuidBits;
import hv.api.enlightenment.Descriptor;
import hv.api.enlightenment.Doorbell;
import hv.api.enlightenment.Enlightenment;
import hv.api.enlightenment.FlagOption;
import hv.api.enlightenment.HypercallHandler;
import hv.api.enlightenment.HypercallSpec;
import hv.api.enlightenment.MsrHandler;
import hv.api.enlightenment.MsrRange;
import hv.api.enlightenment.MsrRange.Access;
import hv.api.enlightenment.Partition;
import hv.api.enlightenment.Privilege;
import hv.api.enlightenment.StateReader;
import hv.api.enlightenment.StateWriter;
import hv.api.enlightenment.VirtualProcessor;
import hv.api.enlightenment.VpAttachment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An enlightenment to be swapped: an MSR per VP that must read as it was written, a call that counts, a sum of the
 * partition that host-side code adds to through {@link Adder}, a doorbell and an alarm. Its surface and its faults are
 * made to measure.
 */
public final class Ledger implements Enlightenment {
    static final int VALUE = 0x4000_0011;
    static final int MORE = 0x4000_0012;
    static final int CODE = 0x44;
    static final CpuidBits BIT = CpuidBits.bit(CpuidBits.LEAF_FEATURES, CpuidRegister.EBX, 9, "Ledger");
    static final CpuidBits OTHER_BIT = CpuidBits.bit(CpuidBits.LEAF_FEATURES, CpuidRegister.EBX, 10, "Other");

    /** What host-side code is offered. */
    public interface Adder {
        long add(long amount);

        /** Keeps the caller inside until {@code door} opens. */
        void dwell(CountDownLatch entered, CountDownLatch door);
    }

    final AtomicInteger closed = new AtomicInteger();
    private final Descriptor descriptor;
    private boolean savesBadly;
    private boolean restoresBadly;
    private boolean attachesBadly;

    private Ledger(Descriptor descriptor) {
        this.descriptor = descriptor;
    }

    static Ledger full() {
        return of(
                List.of(BIT),
                List.of(MsrRange.of(VALUE, "VALUE", Access.READ_WRITE, Privilege.of(BIT))),
                List.of(HypercallSpec.simple(CODE, "Count", 8, Privilege.of(BIT))));
    }

    static Ledger of(List<CpuidBits> bits, List<MsrRange> msrs, List<HypercallSpec> calls, String... requires) {
        return new Ledger(new Descriptor(
                "ledger",
                "ledger",
                "is tested",
                "none",
                List.of(FlagOption.ofSwitch("hv-ledger")),
                List.of(requires),
                List.of(),
                "",
                bits,
                msrs,
                calls,
                1));
    }

    Ledger savesBadly() {
        savesBadly = true;
        return this;
    }

    Ledger restoresBadly() {
        restoresBadly = true;
        return this;
    }

    Ledger attachesBadly() {
        attachesBadly = true;
        return this;
    }

    @Override
    public Descriptor descriptor() {
        return descriptor;
    }

    @Override
    public Attachment attach(Partition partition) {
        if (attachesBadly) {
            throw new IllegalStateException("told not to attach");
        }
        return new OfPartition();
    }

    private final class OfPartition implements Attachment, Adder {
        private final AtomicLong sum = new AtomicLong();
        private final List<Runnable> friends = new ArrayList<>();

        @Override
        public VpAttachment addVp(VirtualProcessor vp) {
            return new OfVp(vp);
        }

        @Override
        public long add(long amount) {
            return sum.addAndGet(amount);
        }

        @Override
        public void dwell(CountDownLatch entered, CountDownLatch door) {
            entered.countDown();
            try {
                door.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void save(StateWriter out) {
            if (savesBadly) {
                throw new IllegalStateException("told not to save");
            }
            out.put("sum", sum.get());
        }

        @Override
        public void restore(StateReader in) throws StateException {
            sum.set(in.get("sum"));
        }

        @Override
        public Map<String, Object> handOver() {
            return Map.of("friends", List.copyOf(friends));
        }

        @Override
        public void takeOver(Map<String, Object> handedOver) {
            if (handedOver.get("friends") instanceof List<?> list) {
                list.forEach(friend -> friends.add((Runnable) friend));
            }
        }

        @Override
        public void reset() {
            sum.set(0);
        }

        @Override
        public void close() {
            closed.incrementAndGet();
        }
    }

    private final class OfVp implements VpAttachment, MsrHandler, HypercallHandler {
        private final Doorbell bell;
        private final Alarm alarm;
        private long value;
        private long calls;

        OfVp(VirtualProcessor vp) {
            bell = vp.doorbell(() -> calls++);
            alarm = vp.alarm(() -> calls++);
        }

        @Override
        public MsrHandler msr(int msr) {
            return this;
        }

        @Override
        public HypercallHandler hypercall(int code) {
            return this;
        }

        @Override
        public long read(int msr) {
            return value;
        }

        @Override
        public void write(int msr, long newValue) throws GuestFault {
            value = newValue;
            alarm.set(Long.MAX_VALUE - 1);
            bell.ring();
        }

        @Override
        public int call(hv.api.enlightenment.HypercallInput input) {
            calls++;
            return HvStatus.SUCCESS;
        }

        @Override
        public void save(StateWriter out) {
            out.put("value", value);
        }

        @Override
        public void restore(StateReader in) throws StateException {
            if (restoresBadly) {
                throw new StateException("told not to restore");
            }
            value = in.get("value");
        }

        @Override
        public void reset() {
            value = 0;
            calls = 0;
        }
    }
}
