package hv.netvsc;

import java.util.HashMap;
import java.util.Map;

/**
 * The cable of an adapter to what is at its other end, which may come and go: a thread of its own looks for it each
 * second while it is not there, and waits for frames while it is, so that nobody else waits. Any thread.
 */
final class Uplink {
    private static final System.Logger LOG = System.getLogger("hv.netvsc");
    private static final String BACKEND = "backend";
    private static final String LINK = "link";
    private static final long RETRY_MILLIS = 1000;

    private final String name;
    private final Runnable wake;
    private Backend backend;
    private Thread thread;

    /** Null while the other end is not there. */
    private FrameLink link;

    /** What is closed by the thread, which may be waiting for it. */
    private FrameLink retired;

    private boolean wantsFrames;
    private boolean wantsRoom;
    private boolean isArmed;
    private boolean isEnded;
    private boolean isHandedOver;

    /** Whether it was told that the other end is not there. */
    private boolean isMissed;

    /**
     * Looks for nothing yet.
     *
     * @param name of the adapter, for people
     * @param wake has the adapter look at its link again
     */
    Uplink(String name, Backend backend, Runnable wake) {
        this.name = name;
        this.backend = backend;
        this.wake = wake;
    }

    /** Begins to look for the other end, unless it has. */
    synchronized void start() {
        isHandedOver = false;
        if (thread == null && !isEnded) {
            String own = "hv-net-" + name;
            thread = new Thread(null, this::run, own, 0, false);
            thread.setDaemon(true);
            thread.start();
        }
    }

    synchronized Backend backend() {
        return backend;
    }

    /** The link as it is now; null if there is none. */
    synchronized FrameLink link() {
        return link;
    }

    /** Puts something else at the other end. */
    synchronized void attach(Backend other) {
        backend = other;
        isMissed = false;
        retire();
    }

    private void retire() {
        if (link != null) {
            FrameLink before = link;
            link = null;
            isArmed = false;
            if (thread == null) {
                before.close();
            } else {
                retired = before;
                before.wake();
            }
        }
        notifyAll();
    }

    /** The link is of no use any more. */
    synchronized void lost(FrameLink gone, Throwable why) {
        if (gone == link) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0}: {1} is gone: {2}; the guest''s cable is unplugged until it is back",
                    name,
                    backend.text(),
                    reason(why));
            isMissed = true;
            retire();
        }
    }

    /** Has the adapter woken once when there is something to receive, or something can be sent. */
    synchronized void arm(boolean frames, boolean room) {
        isHandedOver = false;
        if (link == null || isArmed && frames == wantsFrames && room == wantsRoom || !isArmed && !frames && !room) {
            return;
        }
        boolean isWaiting = isArmed;
        wantsFrames = frames;
        wantsRoom = room;
        isArmed = frames || room;
        if (isWaiting) {
            link.wake();
        }
        notifyAll();
    }

    /** What a successor goes on with. */
    synchronized Map<String, Object> handOver() {
        Map<String, Object> all = new HashMap<>();
        all.put(BACKEND, backend.text());
        if (link != null) {
            all.put(LINK, link.handOver());
            isHandedOver = true;
        }
        return all;
    }

    /** Goes on with that; what is not known is left. */
    synchronized void takeOver(Map<String, Object> handedOver) {
        if (handedOver.get(BACKEND) instanceof String text) {
            backend = Backend.parse(text);
        }
        if (handedOver.get(LINK) instanceof Map<?, ?> state) {
            Map<String, Object> known = new HashMap<>();
            state.forEach((key, value) -> known.put(String.valueOf(key), value));
            Backend.goOn(known).ifPresent(this::use);
        }
    }

    /** Goes on with a link that is there already. */
    synchronized void use(FrameLink there) {
        link = there;
    }

    /** Ends it; a link that was handed over lives on. */
    synchronized void end() {
        isEnded = true;
        if (link != null && isHandedOver) {
            if (thread == null) {
                link.leave();
            } else {
                link.wake();
            }
        } else {
            retire();
        }
        notifyAll();
    }

    private void run() {
        try {
            while (step()) {
                // One after another.
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Throwable e) {
            LOG.log(System.Logger.Level.ERROR, name + ": its network has failed", e);
        }
    }

    private boolean step() throws InterruptedException {
        FrameLink now;
        Backend wanted;
        boolean frames;
        boolean room;
        synchronized (this) {
            while (!isEnded && retired == null && (link == null ? !backend.isSome() : !isArmed)) {
                wait();
            }
            if (retired != null) {
                retired.close();
                retired = null;
                wake.run();
                return true;
            }
            if (isEnded) {
                leave();
                return false;
            }
            now = link;
            wanted = backend;
            frames = wantsFrames;
            room = wantsRoom;
        }
        if (now == null) {
            connect(wanted);
        } else {
            await(now, frames, room);
        }
        return true;
    }

    private void leave() {
        if (link != null) {
            link.leave();
        }
    }

    private void await(FrameLink now, boolean frames, boolean room) {
        try {
            now.await(frames, room);
        } catch (Throwable e) {
            synchronized (this) {
                if (!isEnded) {
                    lost(now, e);
                }
            }
        }
        synchronized (this) {
            // Somebody who wants something else has ended the wait: then it begins anew.
            if (now == link && frames == wantsFrames && room == wantsRoom) {
                isArmed = false;
            }
        }
        wake.run();
    }

    private void connect(Backend wanted) throws InterruptedException {
        FrameLink made = null;
        Throwable why = null;
        try {
            made = wanted.connect();
        } catch (Throwable e) {
            why = e;
        }
        synchronized (this) {
            if (made == null) {
                if (!isMissed && !isEnded) {
                    LOG.log(
                            System.Logger.Level.WARNING,
                            "{0}: {1} is not there: {2}; the guest''s cable is unplugged until it is",
                            name,
                            wanted.text(),
                            reason(why));
                    isMissed = true;
                }
                if (!isEnded && wanted.equals(backend)) {
                    wait(RETRY_MILLIS);
                }
                return;
            }
            if (isEnded || !wanted.equals(backend)) {
                made.close();
                return;
            }
            if (isMissed) {
                LOG.log(System.Logger.Level.WARNING, "{0}: {1} is back", name, wanted.text());
                isMissed = false;
            }
            link = made;
            isArmed = false;
        }
        wake.run();
    }

    private static String reason(Throwable why) {
        return why == null || why.getMessage() == null ? "it does not answer" : Backend.shown(why.getMessage());
    }
}
