package hv.soak;

import java.util.Locale;

/**
 * What is done to a guest at work, as whoever starts a framework from outside says it.
 *
 * @param backend where the guest runs
 * @param vps how many VPs it has
 * @param count how many swaps, or rounds for each bundle
 * @param seed of what is left to chance
 */
record TortureSpec(SoakSpec.Backend backend, int vps, int count, long seed) {
    /** Reads its words, in the order of the components. */
    static TortureSpec of(String... words) {
        return new TortureSpec(
                SoakSpec.Backend.valueOf(words[0].toUpperCase(Locale.ROOT)),
                Integer.parseInt(words[1]),
                Integer.parseInt(words[2]),
                Long.parseLong(words[3]));
    }
}
