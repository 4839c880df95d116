package hv.partition.places;

import hv.api.HostFacts;
import hv.api.enlightenment.ClockListener;
import hv.api.host.Host;
import hv.partition.failure.BundleCalls;
import hv.partition.failure.Callback;
import hv.partition.vp.TscClock;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * What happens when the guest's TSC gets another frequency (TLFS "Timers: Reenlightenment").
 *
 * <p>A guest that has asked for it, on a host that can do it, is kept at the old frequency until it says that it is
 * ready ({@link #endEmulation}); clock and reference TSC page stay as they are so long. Otherwise the clock is bent at
 * once. Either way the listeners among the attachments are told. Reference time never jumps.
 *
 * <p>Changes happen while every VP is stopped; emulation is ended by whichever VP says so first.
 */
public final class TscFrequency {
    /** So that 10^7 / frequency is a fraction. */
    public static final long LOWEST_HZ = HostFacts.LOWEST_TSC_HZ;

    /** Far above any processor; keeps a host's arithmetic from overflowing on a damaged state. */
    public static final long HIGHEST_HZ = HostFacts.HIGHEST_TSC_HZ;

    private final Host host;
    private final TscClock clock;
    private final PlaceList places;
    private final BundleCalls calls;
    private boolean isEmulating;

    public TscFrequency(Host host, TscClock clock, PlaceList places, BundleCalls calls) {
        this.calls = calls;
        this.host = host;
        this.clock = clock;
        this.places = places;
    }

    public static boolean isPossible(long frequencyHz) {
        return frequencyHz >= LOWEST_HZ && frequencyHz <= HIGHEST_HZ;
    }

    /** The processor's own counter runs at {@code frequencyHz} from now on. */
    public synchronized void changeTo(long frequencyHz) {
        if (frequencyHz != clock.nativeTscFrequencyHz()) {
            clock.setNativeTscFrequencyHz(frequencyHz);
            adapt(clock.tscFrequencyHz());
        }
    }

    /**
     * A guest has been restored that has known its TSC at {@code frequencyHz}.
     *
     * @return whether it was told of another one
     */
    synchronized boolean restored(long frequencyHz) {
        return frequencyHz != clock.tscFrequencyHz() && adapt(frequencyHz);
    }

    synchronized boolean isEmulating() {
        return isEmulating;
    }

    /**
     * Brings a guest that knows its TSC at {@code knownHz} and the processor's own frequency together.
     *
     * @return whether these are different, of which it was told then
     */
    private boolean adapt(long knownHz) {
        boolean isAsItWas = knownHz == clock.nativeTscFrequencyHz();
        boolean emulate = !isAsItWas && isAny(ClockListener::wantsTscEmulation) && host.emulateTsc(knownHz);
        if (isEmulating && !emulate) {
            host.emulateTsc(0);
        }
        isEmulating = emulate;
        bend(emulate ? knownHz : clock.nativeTscFrequencyHz());
        if (!isAsItWas) {
            tell(
                    listener -> listener.tscFrequencyChanged(emulate),
                    place -> place.missed().frequencyChanged(emulate));
        }
        return !isAsItWas;
    }

    /** The guest is ready for the processor's own frequency; without effect if it has it. */
    public synchronized void endEmulation() {
        if (isEmulating) {
            isEmulating = false;
            host.emulateTsc(0);
            bend(clock.nativeTscFrequencyHz());
        }
    }

    private void bend(long frequencyHz) {
        if (frequencyHz != clock.tscFrequencyHz()) {
            clock.bend(frequencyHz);
            tell(ClockListener::clockChanged, place -> place.missed().clockChanged());
        }
    }

    private boolean isAny(Predicate<ClockListener> wish) {
        boolean[] isWanted = new boolean[1];
        ask((listener, steps) -> {
            boolean wants = wish.test(listener);
            steps.commit(() -> isWanted[0] |= wants);
        });
        return isWanted[0];
    }

    /** Tells those in place, and has the vacant places remember it for their successors. */
    private void tell(Consumer<ClockListener> what, Consumer<Place> later) {
        places.all().stream().filter(place -> place.tenant() == null).forEach(later);
        ask((listener, steps) -> what.accept(listener));
    }

    /** One that fails is told of; the others are asked all the same. */
    private void ask(BundleCalls.Each<ClockListener> what) {
        List<Tenant> listeners = places.tenants().stream()
                .filter(tenant -> tenant.attachment() instanceof ClockListener)
                .toList();
        calls.forEachWhileOthersWait(
                listeners,
                (tenant, steps) -> {
                    steps.enter(tenant.callee(), Callback.CLOCK);
                    what.run((ClockListener) tenant.attachment(), steps);
                },
                (tenant, told) -> {});
    }
}
