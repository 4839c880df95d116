package hv.partition.faulty;

import hv.api.StateException;
import hv.api.enlightenment.Attachment;
import hv.api.enlightenment.ClockListener;
import hv.api.enlightenment.StateReader;
import hv.api.enlightenment.StateWriter;
import hv.api.enlightenment.VirtualProcessor;
import hv.api.enlightenment.VpAttachment;
import java.util.Map;

/** Its part of a partition. */
final class SaboteurAttachment implements Attachment, ClockListener, Saboteur.Door {
    private final Sabotage sabotage;

    SaboteurAttachment(Sabotage sabotage) {
        this.sabotage = sabotage;
    }

    @Override
    public VpAttachment addVp(VirtualProcessor vp) {
        Way way = sabotage.at(Spot.ADD_VP);
        if (way != null) {
            switch (way) {
                case NULL -> {
                    return null;
                }
                case LEAK -> {
                    for (int i = 0; i < Integer.MAX_VALUE; i++) {
                        vp.alarm(() -> {});
                        vp.doorbell(() -> {});
                        vp.peers(Runnable.class);
                    }
                }
                default -> {
                    // It has failed by now.
                }
            }
        }
        return new SaboteurVp(vp, sabotage);
    }

    @Override
    public void save(StateWriter out) {
        out.put("total", 0);
        if (sabotage.at(Spot.SAVE) == Way.LEAK) {
            for (int i = 0; i < Integer.MAX_VALUE; i++) {
                out.put("leak " + i, new byte[1024]);
            }
        }
    }

    @Override
    public void restore(StateReader in) throws StateException {
        in.get("total");
        sabotage.at(Spot.RESTORE);
    }

    @Override
    public Map<String, Object> handOver() {
        return sabotage.given(Spot.HAND_OVER, Map.of("sabotage", "none"));
    }

    @Override
    public void takeOver(Map<String, Object> handedOver) {
        sabotage.at(Spot.TAKE_OVER);
    }

    @Override
    public void reset() {
        sabotage.at(Spot.RESET);
    }

    @Override
    public void close() {
        sabotage.at(Spot.CLOSE);
    }

    @Override
    public boolean wantsTscEmulation() {
        sabotage.at(Spot.WANTS_EMULATION);
        return false;
    }

    @Override
    public void tscFrequencyChanged(boolean isEmulated) {
        sabotage.at(Spot.TSC_CHANGED);
    }

    @Override
    public void clockChanged() {
        sabotage.at(Spot.CLOCK_CHANGED);
    }

    @Override
    public long call() {
        sabotage.at(Spot.SERVICE);
        return 42;
    }
}
