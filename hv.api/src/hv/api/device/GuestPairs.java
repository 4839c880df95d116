package hv.api.device;

import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Pairs of keys and values that host and guest keep for each other: what a KVP device offers. A guest's values are its
 * own words, bounded in number and length and not made safe for a terminal. Any thread.
 */
public interface GuestPairs {
    /** Whether the guest has a program that answers. */
    boolean isPossible();

    /**
     * What the guest says of itself, as {@code OSName}, {@code FullyQualifiedDomainName}, and what its programs tell;
     * as it was last heard.
     */
    Map<String, String> guest();

    /**
     * The addresses of its network adapters as it last told them, by the adapters' MAC addresses; each a list of
     * addresses with {@code ;} between.
     */
    Map<String, String> addresses();

    /**
     * Asks the guest anew for both, which is done every 30 s anyway. Returns at once.
     *
     * @return done when all has been heard; fails with {@link IllegalStateException} if the guest cannot be asked or
     *     does not answer
     */
    CompletableFuture<Void> refresh();

    /**
     * Gives the guest a value, which its programs can read. Returns at once.
     *
     * @param key 1 to 254 characters
     * @param value at most 1,022 characters; null takes the pair away
     * @return what the guest says: 0, or another status (an HRESULT); fails with {@link IllegalStateException} if it
     *     cannot be asked or does not answer, or 64 earlier ones wait
     * @throws IllegalArgumentException if one of the two is too long, the key is empty, or there is a NUL in one
     */
    CompletableFuture<Integer> set(String key, String value);
}
