package hv.faults.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs in odd circumstances, with a shell as the program. */
class RunningTest {
    private static final double LIMIT_SECONDS = 60;

    @TempDir
    Path folder;

    private Starter starter;

    @BeforeEach
    void make() throws Exception {
        starter = Starter.of(Isolation.PROPERTY);
        Isolation.make(folder);
    }

    private static Command shell(String line) {
        return Command.of(List.of("sh", "-c", line));
    }

    private Outcome run(Command command) throws Exception {
        return starter.start(command, folder).end(LIMIT_SECONDS);
    }

    @Test
    @DisplayName("Status, output and environment are the program's, and lines of the shell come before it and after it")
    void plain() throws Exception {
        Outcome outcome = run(shell("echo $0 $A; echo bad >&2; exit 3")
                .environment("A", "it's")
                .before("ulimit -n 30")
                .after("ulimit -n; ls -d ../here"));
        assertEquals(3, outcome.status());
        assertEquals("sh it's\n30\n../here\n", outcome.out());
        assertEquals("bad\n", outcome.err());
        assertEquals(List.of(), outcome.processes());
    }

    @Test
    @DisplayName("A closed, full or broken standard output is one")
    void streams() throws Exception {
        assumeTrue(Files.exists(Path.of("/dev/full")), "there is no /dev/full");
        assertEquals(
                "no\n",
                run(shell("test -e /proc/self/fd/1 || echo no >&2").output(Stream.CLOSED))
                        .err());
        assertTrue(run(shell("echo x").output(Stream.FULL)).status() != 0);
        // It writes when the other end is surely closed.
        Running broken = starter.start(
                shell("trap '' PIPE; read a; echo x || exit 7")
                        .input(Stream.PIPE)
                        .output(Stream.BROKEN),
                folder);
        broken.type("go\n");
        assertEquals(7, broken.end(LIMIT_SECONDS).status());
    }

    @Test
    @DisplayName("A program that does not end is killed, and counts as hung; so is what it has started")
    void hung() throws Exception {
        Outcome outcome =
                starter.start(shell("sleep 1000 & echo up; wait"), folder).end(0.3);
        assertTrue(outcome.isHung());
    }

    @Test
    @DisplayName("A process that outlives the program is found by its mark, told and ended")
    void left() throws Exception {
        Outcome outcome = run(shell("setsid sleep 1000 >/dev/null 2>&1 &"));
        assertEquals(1, outcome.processes().size(), outcome::toString);
        assertTrue(outcome.processes().getFirst().contains("sleep"), outcome::toString);
    }

    @Test
    @DisplayName("A signal reaches the program, also if the tests ignore it, and the time counts from it")
    void signal() throws Exception {
        Running running = starter.start(shell("trap 'exit 9' USR1; echo up; while :; do sleep 0.01; done"), folder);
        assertTrue(running.awaitPrinted("up", LIMIT_SECONDS));
        running.signal("USR1");
        assertEquals(9, running.end(LIMIT_SECONDS).status());
    }

    @Test
    @DisplayName("On a terminal: what is typed is read, the status is the program's, and changed settings are told")
    void terminal() throws Exception {
        assumeTrue(Files.exists(Path.of("/usr/bin/script")), "there is no script");
        Running kept = starter.start(shell("read a; echo got $a; exit 5").atTerminal(), folder);
        kept.type("word\n");
        Outcome outcome = kept.end(LIMIT_SECONDS);
        assertEquals(5, outcome.status(), outcome::toString);
        assertTrue(outcome.out().contains("got word"), outcome::toString);
        assertTrue(outcome.terminal().orElseThrow().change().isEmpty());

        Path second = Files.createDirectory(folder.resolve("second"));
        Isolation.make(second);
        Outcome changed =
                starter.start(shell("stty -echo").atTerminal(), second).end(LIMIT_SECONDS);
        assertTrue(changed.terminal().orElseThrow().change().orElseThrow().contains("-echo"));
    }

    @Test
    @DisplayName("On a terminal: a program that SIGTSTP stops is continued, and the settings in between are noted")
    void stopped() throws Exception {
        assumeTrue(Files.exists(Path.of("/usr/bin/script")), "there is no script");
        Running running = starter.start(
                shell("stty -echo; echo up; kill -TSTP $$; stty echo; exit 4").atTerminal(), folder);
        Outcome outcome = running.end(LIMIT_SECONDS);
        assertEquals(4, outcome.status(), outcome::toString);
        assertTrue(outcome.terminal().orElseThrow().changeWhileStopped().isPresent());
        assertFalse(outcome.terminal().orElseThrow().change().isPresent());
    }
}
