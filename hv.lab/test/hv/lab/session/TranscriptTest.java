package hv.lab.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class TranscriptTest {
    private static Transcript of(String text) {
        Transcript transcript = new Transcript();
        double now = 0;
        for (String line : text.split("\n")) {
            transcript.add(now++, line);
        }
        transcript.finish();
        return transcript;
    }

    @Test
    @DisplayName(
            "Each scenario's lines stand between its markers, without carriage returns, with the time of their arrival")
    void sections() {
        Transcript transcript = of("""
                [    0.000000] noise\r
                @@ begin payload\r
                one\r
                two\r
                @@ end payload 0 12.5\r
                noise between\r
                @@ begin linux\r
                three\r
                @@ end linux 1 3\r
                """);
        assertEquals(
                List.of("payload", "linux"), List.copyOf(transcript.sections().keySet()));
        Section payload = transcript.sections().get("payload");
        assertEquals(List.of("one", "two"), payload.texts().toList());
        assertEquals(1, payload.begun());
        assertEquals(2, payload.lines().getFirst().arrived());
        assertEquals(0, payload.status().orElseThrow());
        assertEquals(12.5, payload.seconds());
        assertEquals(1, transcript.sections().get("linux").status().orElseThrow());
    }

    @Test
    @DisplayName("A session that ends in the middle of a scenario leaves what was printed, and no status")
    void cutOff() {
        Section section = of("@@ begin linux\nlast words\n\n").sections().get("linux");
        assertFalse(section.isEnded());
        assertEquals("last words", section.lastWords());
    }

    @Test
    @DisplayName("A scenario that was killed because its time was over has a status, and did not come to its end")
    void killed() {
        Section section = of("@@ begin linux\nlast words\n@@ end linux 137 180\n")
                .sections()
                .get("linux");
        assertFalse(section.isEnded());
        assertEquals(137, section.status().orElseThrow());
    }

    @Test
    @DisplayName("Markers that are not due, of another name or not alone on their line are lines like others")
    void markersThatAreNone() {
        Section section = of("""
                @@ end linux 0 1
                @@ begin linux
                @@ begin other
                @@ end other 0 1
                guest says @@ end linux 0 1
                @@ end linux 0 1
                """).sections().get("linux");
        assertTrue(section.isEnded());
        assertEquals(3, section.lines().size());
    }

    @Test
    @DisplayName("A scenario that says nothing has last words that say so")
    void silent() {
        assertEquals(
                "it said nothing",
                of("@@ begin a\n@@ end a 0 1").sections().get("a").lastWords());
    }
}
