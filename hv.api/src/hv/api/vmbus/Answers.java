package hv.api.vmbus;

import java.util.concurrent.CompletableFuture;

/**
 * How a device gives host-side callers what they wait for: on another thread, since what hangs on an answer is foreign
 * code, which must not keep a channel from being served. Called by devices; any thread.
 */
public final class Answers {
    private Answers() {}

    /** Gives the answer. */
    public static <T> void complete(CompletableFuture<T> waiting, T answer) {
        waiting.completeAsync(() -> answer);
    }

    /** Ends it with {@link IllegalStateException} and one line that says why. */
    public static <T> void fail(CompletableFuture<T> waiting, String why) {
        waiting.completeAsync(() -> {
            throw new IllegalStateException(why);
        });
    }
}
