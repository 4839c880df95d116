package hv.storvsc;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicBoolean;

/** Closes a socket on which nothing has begun in time, which ends whoever waits for it. */
final class Deadline implements Runnable {
    private final SocketChannel channel;
    private final AtomicBoolean isMet = new AtomicBoolean();

    Deadline(SocketChannel channel) {
        this.channel = channel;
    }

    /** It has begun. */
    void met() {
        isMet.set(true);
    }

    @Override
    public void run() {
        try {
            if (!isMet.get()) {
                channel.close();
            }
        } catch (IOException e) {
            // It is closed.
        } catch (Throwable e) {
            System.getLogger("hv.storvsc").log(System.Logger.Level.ERROR, "a connection is not ended in time", e);
        }
    }
}
