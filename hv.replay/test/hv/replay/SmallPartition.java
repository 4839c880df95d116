package hv.replay;

import hv.api.CrashReport;
import hv.api.GuestFault;
import hv.api.HvStatus;
import hv.api.PowerEvent;
import hv.api.enlightenment.Attachment;
import hv.api.enlightenment.Descriptor;
import hv.api.enlightenment.Enlightenment;
import hv.api.enlightenment.FlagOption;
import hv.api.enlightenment.HypercallHandler;
import hv.api.enlightenment.HypercallSpec;
import hv.api.enlightenment.MsrHandler;
import hv.api.enlightenment.MsrRange;
import hv.api.enlightenment.Partition;
import hv.api.enlightenment.Privilege;
import hv.api.enlightenment.VirtualProcessor;
import hv.api.enlightenment.VpAttachment;
import hv.api.host.Hypervisor;
import hv.partition.PartitionService;
import java.time.Instant;
import java.util.List;

/**
 * An enlightenment whose every answer is known, for tests of the replay itself. MSR 0x40000020 counts reference time.
 * MSR 0x40000100 is a register; writing 0xdead to it reports a crash, and a value from 0x10 to 0xff requests that
 * vector. MSR 0x400000b1 is an alarm that requests vector 0x30. Call 1 succeeds, call 2 has status 5.
 */
final class SmallPartition implements Enlightenment {
    static final String FLAG = "hv-small";

    private static final int TIME = 0x4000_0020;
    private static final int ALARM = 0x4000_00B1;
    private static final int REGISTER = 0x4000_0100;

    static Hypervisor hypervisor() {
        return PartitionService.of(List.of(new SmallPartition()));
    }

    @Override
    public Descriptor descriptor() {
        return new Descriptor(
                "small",
                "small",
                "is tested",
                "Tests",
                List.of(FlagOption.ofSwitch(FLAG)),
                List.of(),
                List.of(),
                "",
                List.of(),
                List.of(msr(TIME), msr(ALARM), msr(REGISTER)),
                List.of(
                        HypercallSpec.simple(1, "HvCallOne", 8, Privilege.NONE),
                        HypercallSpec.simple(2, "HvCallTwo", 8, Privilege.NONE)),
                1);
    }

    private static MsrRange msr(int number) {
        return MsrRange.of(number, "HV_X64_MSR_TEST", MsrRange.Access.READ_WRITE, Privilege.NONE);
    }

    @Override
    public Attachment attach(Partition partition) {
        return Part::new;
    }

    /** The part of one VP. */
    private static final class Part implements VpAttachment, MsrHandler {
        private final VirtualProcessor vp;
        private final hv.api.enlightenment.Alarm alarm;
        private long register;

        Part(VirtualProcessor vp) {
            this.vp = vp;
            this.alarm = vp.alarm(() -> vp.interrupt(0x30));
        }

        @Override
        public MsrHandler msr(int msr) {
            return this;
        }

        @Override
        public HypercallHandler hypercall(int code) {
            return input -> code == 1 ? HvStatus.SUCCESS : HvStatus.INVALID_PARAMETER;
        }

        @Override
        public long read(int msr) {
            return msr == TIME ? vp.partition().clock().now100ns() : register;
        }

        @Override
        public void write(int msr, long value) throws GuestFault {
            if (msr == ALARM) {
                alarm.set(value);
            } else if (value == 0xDEAD) {
                vp.partition()
                        .raise(new PowerEvent.Crash(
                                new CrashReport(vp.partition().id(), vp.index(), 1, 2, 3, 4, 5, Instant.EPOCH)));
            } else {
                register = value;
                if (value > 0xF && value <= 0xFF) {
                    vp.interrupt((int) value);
                }
            }
        }
    }
}
