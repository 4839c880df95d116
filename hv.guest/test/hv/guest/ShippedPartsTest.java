package hv.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.GuestFault;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The parts of this workspace: they accept what KVM answers, and notice when an answer is wrong. */
class ShippedPartsTest {
    private static final Map<String, String> VALUES = Map.of(
            "relaxed", "hints=0x40020",
            "spinlocks", "retries=8191",
            "vendor-id", "vendor=\"Microsoft Hv\"",
            "version-id", "build=14393 major=10 minor=0 servicepack=0",
            "no-nonarch-coresharing", "hints=0x40020",
            "vpindex", "index=0",
            "frequencies", "tsc=1000000000 apic=1000000000",
            "crash", "params=5");

    static Stream<Arguments> wrongAnswers() {
        return Stream.of(
                wrong("spinlocks", "status of the fast call", m -> m.calls = (vp, call) -> 2),
                wrong("spinlocks", "status of a call with a repetition", m -> m.calls = (vp, call) -> 0),
                wrong("vendor-id", "highest leaf", m -> m.leaf(0x4000_0000, 0x4000_0001, 0, 0, 0)),
                wrong("vpindex", "index is not the VP's number", m -> m.reads.put(0x4000_0002, vp -> vp + 1)),
                wrong("vpindex", "VP_INDEX took a write", m -> m.writes.put(0x4000_0002, (vp, value) -> {})),
                wrong("vpindex", "rdmsr 0x40000002 faulted", m -> m.reads.remove(0x4000_0002)),
                wrong("time", "TIME_REF_COUNT took a write", m -> m.writes.put(0x4000_0020, (vp, value) -> {})),
                wrong("time", "MSR is before the page", m -> late(m, -20)),
                wrong("time", "page reading is before the MSR", m -> late(m, 20)),
                wrong(
                        "time",
                        "sequence says",
                        m -> m.writes.put(0x4000_0021, (vp, value) -> m.stored.put(0x4000_0021, value))),
                wrong("time", "does not read back", m -> m.reads.put(0x4000_0021, vp -> 0)),
                wrong("frequencies", "TSC runs faster", m -> m.reads.put(0x4000_0022, vp -> FakeMachine.TSC_HZ / 2)),
                wrong("frequencies", "TSC runs slower", m -> m.reads.put(0x4000_0022, vp -> FakeMachine.TSC_HZ * 2)),
                wrong("frequencies", "APIC_FREQUENCY took", m -> m.writes.put(0x4000_0023, (vp, value) -> {})),
                wrong("crash", "crash parameter", m -> m.reads.put(0x4000_0103, vp -> 0)),
                wrong("crash", "CRASH_CTL", m -> m.reads.put(0x4000_0105, vp -> 0)),
                wrong("reset", "RESET does not read 0", m -> m.reads.put(0x4000_0003, vp -> 1)),
                wrong(
                        "reset",
                        "wrmsr 0x40000003 faulted",
                        m -> m.writes.put(0x4000_0003, (vp, value) -> {
                            throw GuestFault.GENERAL_PROTECTION;
                        })));
    }

    private static Arguments wrong(String id, String complaint, Consumer<FakeMachine> change) {
        return Arguments.of(id, complaint, change);
    }

    /** The counter MSR is so many units of 100 ns off. */
    private static void late(FakeMachine machine, long time100ns) {
        machine.reads.put(
                0x4000_0020,
                vp -> Math.unsignedMultiplyHigh(machine.guestTsc(), FakeMachine.SCALE)
                        + FakeMachine.OFFSET
                        + time100ns);
    }

    @Test
    @DisplayName("with every answer right, every part passes on every VP it runs on and reports what it saw")
    void right() {
        FakeMachine machine = new FakeMachine(2);
        String report = machine.run(
                true,
                "",
                ShippedParts.files().stream()
                        .map(ShippedParts::read)
                        .filter(part -> known(part.id()))
                        .toArray(GuestPart[]::new));
        assertTrue(report.endsWith(" 0 failed, 0 not offered\nexit 0"), report);
        VALUES.forEach((id, values) -> assertTrue(
                report.lines().anyMatch(line -> line.matches(id + " +vp 0  ok    .*") && line.endsWith(values)),
                report));
        assertTrue(
                report.lines().anyMatch(line -> line.matches("time +vp 1  ok    reads=[0-9]{4,} scale=0x.*")), report);
    }

    private static boolean known(String id) {
        return VALUES.containsKey(id) || id.equals("time") || id.equals("reset");
    }

    @ParameterizedTest(name = "{0}: {1}")
    @DisplayName("a wrong answer fails the part")
    @MethodSource("wrongAnswers")
    void isNoticed(String id, String complaint, Consumer<FakeMachine> change) {
        FakeMachine machine = new FakeMachine(1);
        change.accept(machine);
        String report = machine.run(true, "", ShippedParts.read(id));
        assertTrue(
                report.lines().anyMatch(line -> line.contains("FAIL  " + id + ".guest:") && line.contains(complaint)),
                report);
        assertTrue(report.endsWith("exit 1"), report);
    }

    @Test
    @DisplayName("spin counts 0 and 0xffffffff mean: not offered (TLFS: never notify)")
    void spinlocksOff() {
        for (int retries : new int[] {0, -1}) {
            FakeMachine machine = new FakeMachine(1).leaf(0x4000_0004, 0, retries, 0, 0);
            String report = machine.run(false, "", ShippedParts.read("spinlocks"));
            assertTrue(report.contains("spinlocks     not offered\n"), report);
        }
    }

    @Test
    @DisplayName("a crash is reported only with crash=yes, and only by VP 0")
    void crash() {
        for (String option : new String[] {"", "crash=yes"}) {
            FakeMachine machine = new FakeMachine(2);
            StringBuilder notices = new StringBuilder();
            machine.writes.put(0x4000_0105, (vp, value) -> notices.append(value < 0 ? "notice by " + vp : ""));
            machine.run(true, option, ShippedParts.read("crash"));
            assertEquals(option.isEmpty() ? "" : "notice by 0", notices.toString());
        }
    }

    @Test
    @DisplayName("reset=once resets, and passes the second time, when the mark at 0x7000 is there")
    void resetOnce() {
        FakeMachine machine = new FakeMachine(1);
        StringBuilder written = new StringBuilder();
        machine.writes.put(0x4000_0003, (vp, value) -> written.append(value));
        String first = machine.run(true, "reset=once", ShippedParts.read("reset"));
        assertTrue(first.contains("FAIL") && first.contains("the machine was not reset within 5 s"), first);
        String second = machine.run(true, "reset=once", ShippedParts.read("reset"));
        assertTrue(second.contains("reset         vp 0  ok    resets=1\n"), second);
        assertEquals("02102", written.toString());
    }
}
