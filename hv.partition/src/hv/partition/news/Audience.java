package hv.partition.news;

import hv.api.host.PartitionListener;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Those who are told the same. Any thread. */
public final class Audience {
    private final Messenger messenger;
    private final List<Inbox> inboxes = new CopyOnWriteArrayList<>();

    /** Nobody yet. */
    public Audience(Messenger messenger) {
        this.messenger = messenger;
    }

    /** Adds one, who is told what comes from now on, after what {@code first} has to say. */
    public void add(PartitionListener listener, List<PartitionNews> first) {
        Inbox inbox = new Inbox(listener);
        first.forEach(news -> put(inbox, news.isOpen()));
        inboxes.add(inbox);
    }

    /** Removes one; it may be in one last call. */
    public void remove(PartitionListener listener) {
        inboxes.removeIf(inbox -> {
            boolean isLeaving = inbox.isOf(listener);
            if (isLeaving) {
                inbox.close();
            }
            return isLeaving;
        });
    }

    void tell(Notice<?> notice) {
        for (Inbox inbox : inboxes) {
            put(inbox, notice);
        }
    }

    private void put(Inbox inbox, Notice<?> notice) {
        if (inbox.add(notice)) {
            messenger.tell(inbox);
        }
    }
}
