package hv.partition.bystander;

import hv.api.CpuidRegister;
import hv.api.GuestFault;
import hv.api.PowerEvent;
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
import hv.api.enlightenment.Partition;
import hv.api.enlightenment.Peers;
import hv.api.enlightenment.Privilege;
import hv.api.enlightenment.StateReader;
import hv.api.enlightenment.StateWriter;
import hv.api.enlightenment.VirtualProcessor;
import hv.api.enlightenment.VpAttachment;
import java.util.List;

/**
 * An enlightenment that is beside a faulty one and must not notice: a register per VP, whose writes ring a doorbell and
 * set an alarm, one that tells how often both were answered, and a call.
 */
public final class Bystander implements Enlightenment {
    /** What it is called. */
    public static final String ID = "bystander";

    /** Reads as it was written. */
    public static final int VALUE = 0x4000_0011;

    /** Reads how often the doorbell was answered and, in the upper half, the alarm; a write asks for a reset. */
    public static final int ANSWERS = 0x4000_0012;

    /** A call that succeeds. */
    public static final int CODE = 0x44;

    private static final CpuidBits BIT = CpuidBits.bit(CpuidBits.LEAF_FEATURES, CpuidRegister.EBX, 9, "Bystander");
    private static final Descriptor DESCRIPTOR = new Descriptor(
            ID,
            ID,
            "is tested",
            "none",
            List.of(FlagOption.ofSwitch("hv-" + ID)),
            List.of(),
            List.of(),
            "",
            List.of(BIT),
            List.of(new MsrRange(VALUE, ANSWERS, "BYSTANDER", MsrRange.Access.READ_WRITE, Privilege.of(BIT))),
            List.of(HypercallSpec.simple(CODE, "StandBy", 8, Privilege.of(BIT))),
            1);

    @Override
    public Descriptor descriptor() {
        return DESCRIPTOR;
    }

    @Override
    public Attachment attach(Partition partition) {
        return Part::new;
    }

    private static final class Part implements VpAttachment, MsrHandler {
        private final VirtualProcessor vp;
        private final Doorbell bell;
        private final Alarm alarm;
        private final Peers<Nudged> nudged;
        private long value;
        private long bells;
        private long alarms;

        Part(VirtualProcessor vp) {
            this.vp = vp;
            bell = vp.doorbell(() -> bells++);
            alarm = vp.alarm(() -> alarms++);
            nudged = vp.peers(Nudged.class);
        }

        @Override
        public MsrHandler msr(int msr) {
            return this;
        }

        @Override
        public HypercallHandler hypercall(int code) {
            return input -> 0;
        }

        @Override
        public long read(int msr) {
            return msr == VALUE ? value : alarms << 32 | bells;
        }

        @Override
        public void write(int msr, long written) throws GuestFault {
            if (msr == ANSWERS) {
                vp.partition().raise(new PowerEvent.Reset(vp.index()));
                return;
            }
            for (int i = 0; i < nudged.count(); i++) {
                try {
                    nudged.get(i).nudged();
                } catch (Throwable e) {
                    nudged.failed(i, e);
                }
            }
            value = written;
            bell.ring();
            alarm.set(vp.partition().clock().now100ns() + 1);
        }

        @Override
        public void save(StateWriter out) {
            out.put("value", value);
        }

        @Override
        public void restore(StateReader in) throws StateException {
            value = in.get("value");
        }

        @Override
        public void reset() {
            value = 0;
        }
    }
}
