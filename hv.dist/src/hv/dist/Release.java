package hv.dist;

/**
 * Versions of releases.
 *
 * <p>OSGi compares qualifiers as texts, and an empty one comes before all others: 0.1.0 is older than 0.1.0.SNAPSHOT.
 * So a release has the qualifier "final", which is behind "SNAPSHOT" by its letters, and which Maven takes for no
 * qualifier at all, so that there, too, it comes after 0.1.0-SNAPSHOT and before 0.1.1-SNAPSHOT.
 */
final class Release {
    private static final String SNAPSHOT = ".SNAPSHOT";

    private Release() {}

    /** The version that follows all snapshots of it: 0.1.0.final for 0.1.0.SNAPSHOT. */
    static String of(String snapshot) {
        if (!snapshot.endsWith(SNAPSHOT)) {
            throw new IllegalArgumentException("not the version of a snapshot: " + snapshot);
        }
        return snapshot.substring(0, snapshot.length() - SNAPSHOT.length()) + ".final";
    }
}
