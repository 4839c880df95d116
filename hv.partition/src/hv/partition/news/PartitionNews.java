package hv.partition.news;

import hv.api.PowerEvent;
import hv.api.dto.PlaceDTO;
import hv.api.dto.SwapDTO;
import hv.api.host.GuestPartition;
import hv.api.host.PartitionListener;
import hv.partition.failure.Callback;
import hv.partition.failure.Failures;
import hv.partition.news.Notice.Telling;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * What one partition has to tell: to those who listen to all partitions, and to its own. Nothing here calls a listener
 * or waits for one. Any thread.
 */
public final class PartitionNews {
    private final GuestPartition partition;
    private final Audience everybody;
    private final Audience own;
    private final Failures failures;

    /** What was told last. Guarded by this. */
    private List<String> vacant = List.of();

    /**
     * News of {@code partition}.
     *
     * @param everybody those who listen to all partitions
     * @param own those who listen to this one
     * @param failures where failures of listeners are counted
     */
    public PartitionNews(GuestPartition partition, Audience everybody, Audience own, Failures failures) {
        this.partition = partition;
        this.everybody = everybody;
        this.own = own;
        this.failures = failures;
    }

    /** What somebody is told who comes late. */
    Notice<Object> isOpen() {
        return plain(PartitionListener::opened);
    }

    /** It was made. */
    public void opened() {
        tell(isOpen());
    }

    /** It was closed. */
    public void closed() {
        tell(plain(PartitionListener::closed));
    }

    /**
     * Something was done to a place, or tried.
     *
     * @param vacantNow the ids of all places that are vacant after it
     */
    public synchronized void changed(SwapDTO change, List<String> vacantNow) {
        tell(notice(change.succeeded() ? done(change.kind()) : PartitionListener::refused, change));
        if (!vacantNow.equals(vacant)) {
            vacant = vacantNow;
            tell(notice(PartitionListener::degraded, vacantNow));
        }
    }

    private static Telling<SwapDTO> done(SwapDTO.Kind kind) {
        return switch (kind) {
            case SWAP -> PartitionListener::swapped;
            case VACATE -> PartitionListener::vacant;
            case FILL, ADD -> PartitionListener::filled;
            case REMOVE -> PartitionListener::removed;
        };
    }

    /** Somebody has waited in vain. */
    public void timedOut(PlaceDTO place) {
        tell(notice(PartitionListener::timedOut, place));
    }

    /** The guest asked for something only the VMM can do. */
    public void power(PowerEvent event) {
        tell(new Notice<>(PartitionListener::power, partition, event, Callback.POWER, failures));
    }

    private Notice<Object> plain(BiConsumer<PartitionListener, GuestPartition> method) {
        return notice((listener, which, nothing) -> method.accept(listener, which), null);
    }

    private <T> Notice<T> notice(Telling<T> telling, T subject) {
        return new Notice<>(telling, partition, subject, Callback.NEWS, failures);
    }

    private void tell(Notice<?> notice) {
        everybody.tell(notice);
        own.tell(notice);
    }
}
