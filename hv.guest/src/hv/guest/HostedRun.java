package hv.guest;

import hv.api.StateException;
import hv.api.machine.SectionReader;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** One part on the VPs that run it, one after another or in turns: what they share, and the barrier. */
final class HostedRun {
    private static final String ARRIVALS = "Arrivals";
    private static final String BARRIERS = "Barriers";

    private final List<HostedVp> vps;
    private final int column;
    private final String name;
    private final HostedReport report;
    private final int everyVp;
    private final long[] barriers;
    private long arrivals;

    HostedRun(GuestPart part, List<HostedVp> vps, int everyVp, int column, HostedReport report) {
        this.vps = List.copyOf(vps);
        this.everyVp = everyVp;
        this.barriers = new long[everyVp];
        this.column = column;
        this.name = part.id();
        this.report = report;
    }

    /**
     * Runs the VPs in turns, an instruction each, until none is left.
     *
     * @param goesOn asked between two rounds
     * @return false if {@code goesOn} ended it
     */
    boolean inTurns(HostedPlatform platform, BooleanSupplier goesOn) {
        int running = vps.size();
        while (running > 0) {
            boolean isAnyBusy = false;
            running = 0;
            for (HostedVp vp : vps) {
                if (vp.isRunning()) {
                    running++;
                    isAnyBusy |= vp.step();
                }
            }
            if (running > 0 && !isAnyBusy) {
                nap(platform);
            }
            if (!goesOn.getAsBoolean()) {
                return false;
            }
        }
        return true;
    }

    private void nap(HostedPlatform platform) {
        try {
            platform.nap();
        } catch (PartFailure failure) {
            vps.stream().filter(HostedVp::isRunning).forEach(vp -> vp.fail(failure.getMessage()));
        }
    }

    boolean concerns(HostedVp vp) {
        return vps.contains(vp);
    }

    void save(Map<String, Long> to) {
        to.put(ARRIVALS, arrivals);
        for (int vp = 0; vp < barriers.length; vp++) {
            to.put(BARRIERS + vp, barriers[vp]);
        }
    }

    void restore(SectionReader from) throws StateException {
        arrivals = from.value(ARRIVALS);
        System.arraycopy(from.values(BARRIERS, barriers.length), 0, barriers, 0, barriers.length);
    }

    /** VP {@code vp} has come to its next barrier; returns how many arrivals open it. */
    long arrive(int vp) {
        arrivals++;
        return ++barriers[vp] * everyVp;
    }

    boolean haveArrived(long wanted) {
        return arrivals >= wanted;
    }

    void say(HostedVp vp, String text) {
        report.row(name, column, vp.index(), "..", text);
    }
}
