package hv.partition.places;

import hv.api.enlightenment.ClockListener;
import hv.partition.failure.BundleCalls;
import hv.partition.failure.Callback;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * What is made up for when a place is filled that was vacant: who takes it hears what it has missed, and all others
 * that it is there again. None of that can be taken back, so it comes when the successor is in place for good; what
 * fails is logged and keeps nothing else from being done. While every VP is at a safe point.
 */
final class CatchUp {
    private final PlaceList places;
    private final BundleCalls calls;

    /** Something that is said to one tenant. */
    private record Word(Tenant to, Callback callback, Said said) {}

    @FunctionalInterface
    private interface Said {
        void say() throws Throwable;
    }

    CatchUp(PlaceList places, BundleCalls calls) {
        this.places = places;
        this.calls = calls;
    }

    /** Makes up for the time in which nobody was in {@code filled}. */
    void with(Place filled) {
        Missed missed = filled.takeMissed();
        List<Word> words = new ArrayList<>(ofTheClock(filled.tenant(), missed));
        words.add(new Word(
                filled.tenant(),
                Callback.ACKNOWLEDGED,
                () -> each(missed.vps(), vp -> missed.standIn(vp).tell(filled.vp(vp)))));
        for (Place other : places.all()) {
            Tenant tenant = other.tenant();
            if (tenant != null && other != filled) {
                var parts = tenant.parts();
                words.add(new Word(
                        tenant,
                        Callback.RETURNED,
                        () -> each(parts.size(), vp -> parts.get(vp).returned(filled.id()))));
            }
        }
        calls.forEachWhileOthersWait(
                words,
                (word, steps) -> {
                    steps.enter(word.to.callee(), word.callback);
                    word.said.say();
                },
                (word, told) -> {});
    }

    private static List<Word> ofTheClock(Tenant back, Missed missed) {
        List<Word> words = new ArrayList<>();
        if (back.attachment() instanceof ClockListener listener) {
            if (missed.hasClockChanged()) {
                words.add(new Word(back, Callback.CLOCK, listener::clockChanged));
            }
            missed.frequencyChange()
                    .ifPresent(isEmulated ->
                            words.add(new Word(back, Callback.CLOCK, () -> listener.tscFrequencyChanged(isEmulated))));
        }
        return words;
    }

    /** Says it on each VP, whatever comes of the others. */
    private static void each(int vps, IntConsumer said) throws Throwable {
        Throwable first = null;
        for (int vp = 0; vp < vps; vp++) {
            try {
                said.accept(vp);
            } catch (Throwable e) {
                first = first == null ? e : first;
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
