package hv.dist;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import aQute.bnd.version.maven.ComparableVersion;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Version;

class ReleaseTest {
    private static final List<String> OF_OSGI =
            List.of("0.1.0", "0.1.0.SNAPSHOT", Release.of("0.1.0.SNAPSHOT"), "0.1.1.SNAPSHOT");

    @Test
    @DisplayName("OSGi orders a release behind all its snapshots, before those of the next one, and behind 0.1.0 alone")
    void osgi() {
        assertEquals(
                OF_OSGI,
                Stream.of(3, 2, 1, 0)
                        .map(OF_OSGI::get)
                        .map(Version::valueOf)
                        .sorted()
                        .map(Version::toString)
                        .toList());
    }

    @Test
    @DisplayName("Maven does, too")
    void maven() {
        ComparableVersion release = new ComparableVersion(Release.of("0.1.0.SNAPSHOT"));
        assertTrue(release.compareTo(new ComparableVersion("0.1.0-SNAPSHOT")) > 0);
        assertTrue(release.compareTo(new ComparableVersion("0.1.1-SNAPSHOT")) < 0);
    }

    @Test
    @DisplayName("What is no snapshot is not released again")
    void noSnapshot() {
        assertThrows(IllegalArgumentException.class, () -> Release.of("0.1.0.final"));
    }
}
