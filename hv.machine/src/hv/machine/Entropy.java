package hv.machine;

import java.security.SecureRandom;

/** Random bytes for guests. Any thread. */
final class Entropy {
    private Entropy() {}

    /** Fills an array with bytes that nobody can foresee. */
    static void fill(byte[] bytes) {
        new SecureRandom().nextBytes(bytes);
    }
}
