package hv.partition.faulty;

import hv.api.HvStatus;
import hv.api.StateException;
import hv.api.enlightenment.Alarm;
import hv.api.enlightenment.Doorbell;
import hv.api.enlightenment.HypercallHandler;
import hv.api.enlightenment.HypercallInput;
import hv.api.enlightenment.MsrHandler;
import hv.api.enlightenment.StateReader;
import hv.api.enlightenment.StateWriter;
import hv.api.enlightenment.VirtualProcessor;
import hv.api.enlightenment.VpAttachment;
import hv.partition.bystander.Nudged;

/** Its part of a VP. */
final class SaboteurVp implements VpAttachment, MsrHandler, HypercallHandler, Nudged {
    private final Sabotage sabotage;
    private final VirtualProcessor vp;
    private final Doorbell bell;
    private final Alarm alarm;
    private long value;

    SaboteurVp(VirtualProcessor vp, Sabotage sabotage) {
        this.sabotage = sabotage;
        this.vp = vp;
        bell = vp.doorbell(() -> sabotage.at(Spot.DOORBELL));
        alarm = vp.alarm(() -> sabotage.at(Spot.ALARM));
    }

    @Override
    public MsrHandler msr(int msr) {
        return sabotage.given(Spot.HANDLERS, this);
    }

    @Override
    public HypercallHandler hypercall(int code) {
        return this;
    }

    @Override
    public long read(int msr) {
        if (sabotage.at(Spot.READ_MSR) == Way.LEAK) {
            for (int i = 0; i < Integer.MAX_VALUE; i++) {
                vp.doorbell(() -> {});
            }
        }
        return value;
    }

    @Override
    public void write(int msr, long written) {
        sabotage.at(Spot.WRITE_MSR);
        value = written;
        bell.ring();
        alarm.set(vp.partition().clock().now100ns() + 1);
    }

    @Override
    public int call(HypercallInput input) {
        sabotage.at(Spot.HYPERCALL);
        return HvStatus.SUCCESS;
    }

    @Override
    public void nudged() {
        sabotage.at(Spot.NUDGED);
    }

    @Override
    public void endOfInterrupt(int vector) {
        sabotage.at(Spot.END_OF_INTERRUPT);
    }

    @Override
    public void returned(String id) {
        sabotage.at(Spot.RETURNED);
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
