package hv.faults.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.faults.run.Outcome;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every run has to keep to. */
class RulesTest {
    private static Outcome outcome(int status, String out, String err) {
        return new Outcome(status, out, err, 1, false, List.of(), Optional.empty());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\tat hv.kvm.Handle.call(Handle.java:26)",
                "hv.kvm.KvmException: ioctl failed\n    at java.base/java.lang.Thread.run(Thread.java:1)",
                "Exception in thread \"main\" x",
                "hv: java.lang.reflect.InvocationTargetException",
                "Caused by: something",
                "java.lang.OutOfMemoryError: Java heap space",
                "\t... 12 more",
                "# A fatal error has been detected by the Java Runtime Environment:",
            })
    @DisplayName("Frames, causes, names of exceptions and the JVM's crash report are traces")
    void traces(String text) {
        assertTrue(Rules.isTrace("before\n" + text + "\nafter"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hv: /dev/kvm: EACCES: add yourself to group kvm (sudo usermod -aG kvm $USER)",
                "hv: VP 0 stopped: ioctl(vCPU 0, KVM_RUN): EIO: unexpected: see the kernel log (dmesg)",
                "WARNING hv.partition: partition 1: at 5 s (late)",
                "  at most 3 of them (see above) are shown",
                "Error occurred during initialization of VM\njava.lang.OutOfMemoryError: unable to create native thread",
            })
    @DisplayName("Sentences are not, whatever they speak of")
    void sentences(String text) {
        assertFalse(Rules.isTrace(text));
    }

    @Test
    @DisplayName("Java ends in its own words only where that is allowed: when a signal finds it starting")
    void unbegunJava() {
        Outcome unbegun = outcome(
                1,
                "",
                "Error occurred during initialization of VM\njava.lang.InternalError: Bad level: 3\n\tat x.Y.z(Y:1)");
        assertEquals(List.of(), Rules.broken(unbegun, Expected.status(130).orEndInJava()));
        assertEquals(2, Rules.broken(unbegun, Expected.status(130)).size());
        Outcome begun = outcome(1, "", "hv: java.lang.InternalError: Bad level: 3");
        assertEquals(2, Rules.broken(begun, Expected.status(130).orEndInJava()).size());
    }

    @Test
    @DisplayName("A run that succeeds, or fails with one of the expected statuses and a line, breaks no rule")
    void holds() {
        assertEquals(List.of(), Rules.broken(outcome(0, "all is well", ""), Expected.documented()));
        assertEquals(List.of(), Rules.broken(outcome(2, "", "hv: what is wrong"), Expected.documented()));
        assertEquals(List.of(), Rules.broken(outcome(143, "", ""), Expected.status(143)));
    }

    @Test
    @DisplayName("Another status, silence, many lines and what outlives the run are told")
    void broken() {
        assertEquals(
                List.of("status 3, not one of [0]", "it failed and said nothing"),
                Rules.broken(outcome(3, "", "\n"), Expected.status(0)));
        assertEquals(
                List.of("6 lines on standard error"),
                Rules.broken(outcome(1, "", "a\nb\nc\nd\ne\nf\n"), Expected.documented()));
        assertEquals(
                List.of("it hung and was killed", "processes outlived it: [7 java]"),
                Rules.broken(
                        new Outcome(137, "", "", 1, true, List.of("7 java"), Optional.empty()), Expected.documented()));
    }

    @Test
    @DisplayName("A dump of threads is none of the program's traces where it was asked for, but what is uncaught is")
    void dumps() {
        Expected expected = Expected.documented().withThreads();
        assertEquals(List.of(), Rules.broken(outcome(0, "\tat java.lang.Thread.run(Thread.java:1)\n", ""), expected));
        assertEquals(
                List.of("a stack trace or the name of a class was shown"),
                Rules.broken(outcome(0, "Exception in thread \"main\" x", ""), expected));
    }
}
