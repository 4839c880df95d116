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

    /** What the guest says of itself, as {@code OSName}, {@code FullyQualifiedDomainName}; as it was last heard. */
    Map<String, String> guest();

    /** The addresses of its network adapters as it last told them, by adapter; each a list of addresses. */
    Map<String, String> addresses();

    /**
     * Gives the guest a value, which its programs can read. Returns at once.
     *
     * @param key 1 to 254 characters
     * @param value at most 1,022 characters; null takes the pair away
     * @return what the guest says: 0, or another status (an HRESULT); fails with {@link IllegalStateException} if it
     *     cannot be asked
     * @throws IllegalArgumentException if one of the two is too long
     */
    CompletableFuture<Integer> set(String key, String value);
}
