package hv.partition;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.GuestFault;
import hv.api.PowerEvent;
import hv.api.dto.SwapDTO;
import hv.api.host.GuestPartition;
import hv.api.host.PartitionListener;
import hv.hosted.HostedHost;
import hv.hosted.HostedListener;
import hv.partition.Scenario.Runs;
import hv.partition.bystander.Bystander;
import hv.partition.failure.Callback;
import hv.partition.failure.Failures;
import hv.partition.faulty.Saboteur;
import hv.partition.faulty.Spot;
import hv.partition.faulty.Way;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("A faulty bundle hurts itself: every callback, and every way to fail")
class FaultyBundleTest {
    private static final Logger LOG = Logger.getLogger("hv.partition");

    /** Hundreds of failures are told here; what is told is looked at where it is counted. */
    @BeforeAll
    static void quiet() {
        LOG.setLevel(Level.OFF);
    }

    @AfterAll
    static void loud() {
        LOG.setLevel(null);
    }

    /** What happens while a partition is made. */
    private static Stream<Scenario> beforeThereIsAGuest() {
        return Stream.of(
                Scenario.of(
                        "a version that does not say what it is, is not deployed",
                        null,
                        Runs.LIMITED,
                        (stage, way) -> {
                            stage.next.sabotage().arm(Spot.DESCRIPTOR, way, 0);
                            int before = stage.partition.places().history().size();
                            stage.hypervisor.come(stage.next, "hv.saboteur 1.1.0", 1);
                            assertEquals(
                                    before, stage.partition.places().history().size());
                            assertEquals(1, stage.hypervisor.failures().count("hv.saboteur 1.1.0"));
                            return null;
                        },
                        Way.NULL),
                Scenario.of(
                        "a check of flags that fails keeps a partition from being made",
                        null,
                        Runs.LIMITED,
                        (stage, way) -> Provocations.refusedCreation(stage, Spot.CHECK, way),
                        Way.LEAK),
                Scenario.of(
                        "CPUID bits that cannot be had keep a partition from being made",
                        null,
                        Runs.LIMITED,
                        (stage, way) -> Provocations.refusedCreation(stage, Spot.CPUID, way),
                        Way.NULL),
                Scenario.of(
                        "an attachment that cannot be had keeps a partition from being made",
                        null,
                        Runs.LIMITED,
                        (stage, way) -> Provocations.refusedCreation(stage, Spot.ATTACH, way),
                        Way.NULL),
                Scenario.of(
                        "a VP is not there without its parts",
                        Callback.ADD_VP,
                        Runs.LIMITED,
                        (stage, way) -> Provocations.refusedVp(stage, Spot.ADD_VP, way),
                        Way.NULL,
                        Way.LEAK),
                Scenario.of(
                        "a VP is not there without its handlers",
                        Callback.HANDLERS,
                        Runs.LIMITED,
                        (stage, way) -> Provocations.refusedVp(stage, Spot.HANDLERS, way),
                        Way.NULL));
    }

    /** What happens while one version is to take over from another. */
    private static Stream<Scenario> whileSwapped() {
        return Stream.of(
                Scenario.swap("a successor fails to check flags", Callback.CHECK, Spot.CHECK, 0, Way.LEAK),
                Scenario.swap("a successor fails to give CPUID bits", Callback.CPUID, Spot.CPUID, 0, Way.NULL),
                Scenario.swap("a successor fails to attach", Callback.ATTACH, Spot.ATTACH, 0, Way.NULL),
                Scenario.swap("a successor fails to attach again", Callback.ATTACH, Spot.ATTACH, 1, Way.NULL),
                Scenario.swap(
                        "a successor fails to rehearse a VP", Callback.ADD_VP, Spot.ADD_VP, 0, Way.NULL, Way.LEAK),
                Scenario.swap("a successor fails to add VPs", Callback.ADD_VP, Spot.ADD_VP, 1, Way.NULL, Way.LEAK),
                Scenario.swap("a successor fails to add the last VP", Callback.ADD_VP, Spot.ADD_VP, 2, Way.NULL),
                Scenario.swap("a successor has no handlers", Callback.HANDLERS, Spot.HANDLERS, 0, Way.NULL),
                Scenario.swap("a successor has no handlers at last", Callback.HANDLERS, Spot.HANDLERS, 1, Way.NULL),
                Scenario.swap("a successor fails to save in rehearsal", Callback.SAVE, Spot.SAVE, 0, Way.LEAK),
                Scenario.swap("a successor fails to restore in rehearsal", Callback.RESTORE, Spot.RESTORE, 0),
                Scenario.swap("a successor fails to restore", Callback.RESTORE, Spot.RESTORE, 1),
                Scenario.swap(
                        "a successor fails to hand over in rehearsal", Callback.HAND_OVER, Spot.HAND_OVER, 0, Way.NULL),
                Scenario.swap("a successor fails to take over in rehearsal", Callback.TAKE_OVER, Spot.TAKE_OVER, 0),
                Scenario.swap("a successor fails to take over", Callback.TAKE_OVER, Spot.TAKE_OVER, 1),
                Scenario.swap("a successor fails to close in rehearsal", Callback.CLOSE, Spot.CLOSE, 0),
                Scenario.of(
                        "a predecessor whose state cannot be had stays",
                        Callback.SAVE,
                        Runs.LIMITED,
                        (stage, way) -> Provocations.unreplaceable(stage, Spot.SAVE, way),
                        Way.LEAK),
                Scenario.of(
                        "a predecessor that cannot hand over stays",
                        Callback.HAND_OVER,
                        Runs.LIMITED,
                        (stage, way) -> Provocations.unreplaceable(stage, Spot.HAND_OVER, way),
                        Way.NULL),
                Scenario.of(
                        "a predecessor that cannot be closed goes all the same",
                        Callback.CLOSE,
                        Runs.LIMITED,
                        Provocations::unclosable),
                Scenario.of(
                        "a bundle that leaves and cannot save loses its state",
                        Callback.SAVE,
                        Runs.LIMITED,
                        (stage, way) -> Provocations.leaves(stage, Spot.SAVE, way),
                        Way.LEAK),
                Scenario.of(
                        "a bundle that leaves and cannot hand over loses its state",
                        Callback.HAND_OVER,
                        Runs.LIMITED,
                        (stage, way) -> Provocations.leaves(stage, Spot.HAND_OVER, way),
                        Way.NULL),
                Scenario.of(
                        "a bundle that leaves and cannot be closed is gone",
                        Callback.CLOSE,
                        Runs.LIMITED,
                        (stage, way) -> Provocations.leaves(stage, Spot.CLOSE, way)),
                Scenario.of("being told that another is back", Callback.RETURNED, Runs.LIMITED, Provocations::returns));
    }

    /** What happens while every VP is stopped. */
    private static Stream<Scenario> whileStopped() {
        return Stream.of(
                Scenario.of("the guest is not saved", Callback.SAVE, Runs.LIMITED, Provocations::unsaved, Way.LEAK),
                Scenario.of("a restore is taken back", Callback.RESTORE, Runs.LIMITED, Provocations::unrestored),
                Scenario.of(
                        "a restore that fails once is taken back",
                        Callback.RESTORE,
                        Runs.LIMITED,
                        Provocations::unrestoredOnce),
                Scenario.of(
                        "a reset resets all others",
                        Callback.RESET,
                        Runs.LIMITED,
                        (stage, way) -> Provocations.reset(stage, way, false)),
                Scenario.of(
                        "a reset that fails once resets all",
                        Callback.RESET,
                        Runs.LIMITED,
                        (stage, way) -> Provocations.reset(stage, way, true)),
                Scenario.of(
                        "being asked for an emulated TSC",
                        Callback.CLOCK,
                        Runs.LIMITED,
                        (stage, way) -> Provocations.tscChanges(stage, Spot.WANTS_EMULATION, way)),
                Scenario.of(
                        "being told of another TSC frequency",
                        Callback.CLOCK,
                        Runs.LIMITED,
                        (stage, way) -> Provocations.tscChanges(stage, Spot.TSC_CHANGED, way)),
                Scenario.of(
                        "being told of another clock",
                        Callback.CLOCK,
                        Runs.LIMITED,
                        (stage, way) -> Provocations.tscChanges(stage, Spot.CLOCK_CHANGED, way)),
                Scenario.of("the partition is closed", Callback.CLOSE, Runs.LIMITED, (stage, way) -> {
                    stage.old.sabotage().arm(Spot.CLOSE, way, 0);
                    stage.partition.close();
                    return null;
                }));
    }

    /** What happens on a VP's thread, or on one of host-side code. */
    private static Stream<Scenario> whileTheGuestRuns() {
        return Stream.of(
                Scenario.of(
                        "a read of an MSR is #GP",
                        Callback.READ_MSR,
                        Runs.VP,
                        (stage, way) -> Provocations.fault(
                                stage,
                                Spot.READ_MSR,
                                way,
                                GuestFault.GENERAL_PROTECTION,
                                vp -> vp.readMsr(Saboteur.MSR)),
                        Way.LEAK),
                Scenario.of(
                        "a write of an MSR is #GP",
                        Callback.WRITE_MSR,
                        Runs.VP,
                        (stage, way) -> Provocations.fault(
                                stage,
                                Spot.WRITE_MSR,
                                way,
                                GuestFault.GENERAL_PROTECTION,
                                vp -> vp.writeMsr(Saboteur.MSR, 1))),
                Scenario.of(
                        "a hypercall is #UD",
                        Callback.HYPERCALL,
                        Runs.VP,
                        (stage, way) -> Provocations.fault(
                                stage, Spot.HYPERCALL, way, GuestFault.INVALID_OPCODE, Provocations::call)),
                Scenario.of(
                        "a doorbell",
                        Callback.DOORBELL,
                        Runs.VP,
                        (stage, way) ->
                                Provocations.unnoticed(stage, Spot.DOORBELL, way, vp -> vp.writeMsr(Saboteur.MSR, 1))),
                Scenario.of(
                        "an alarm",
                        Callback.ALARM,
                        Runs.VP,
                        (stage, way) ->
                                Provocations.unnoticed(stage, Spot.ALARM, way, vp -> vp.writeMsr(Saboteur.MSR, 1))),
                Scenario.of(
                        "an end of interrupt",
                        Callback.END_OF_INTERRUPT,
                        Runs.VP,
                        (stage, way) -> Provocations.unnoticed(
                                stage, Spot.END_OF_INTERRUPT, way, vp -> vp.endOfInterrupt(0x40))),
                Scenario.of(
                        "a call by another enlightenment",
                        Callback.PEER,
                        Runs.VP,
                        (stage, way) ->
                                Provocations.unnoticed(stage, Spot.NUDGED, way, vp -> vp.writeMsr(Bystander.VALUE, 5))),
                Scenario.of("a call by host-side code", Callback.SERVICE, Runs.CALLER, Provocations::serviceFails),
                Scenario.of("somebody's task", null, Runs.VP, Provocations::taskFails),
                Scenario.of(
                        "a listener of the partition", Failures.LISTENER, Callback.POWER, Runs.APART, (stage, way) -> {
                            stage.partition.addListener(listener(stage, way));
                            return Provocations.apart(stage, way);
                        }),
                Scenario.of(
                        "a listener of all partitions", Failures.LISTENER, Callback.POWER, Runs.APART, (stage, way) -> {
                            stage.hypervisor.listen(listener(stage, way));
                            return Provocations.apart(stage, way);
                        }),
                Scenario.of(
                        "the host when the guest asks for a reset",
                        Failures.HOST,
                        Callback.POWER,
                        Runs.VP,
                        (stage, way) -> {
                            stage.host.addListener(new HostedListener() {
                                @Override
                                public void power(PowerEvent event) {
                                    way.happen(stage::isOver);
                                }
                            });
                            return Provocations.unnoticed(stage, way, vp -> vp.writeMsr(Bystander.ANSWERS, 0));
                        }),
                Scenario.of(
                                "the host when it is to kick a VP",
                                Failures.HOST,
                                Callback.KICK,
                                Runs.CALLER,
                                (stage, way) -> {
                                    stage.host.addListener(new HostedListener() {
                                        @Override
                                        public void kicked(int vp) {
                                            way.happen(stage::isOver);
                                        }
                                    });
                                    return null;
                                })
                        .without(Way.LOOP));
    }

    private static PartitionListener listener(Stage stage, Way way) {
        return new PartitionListener() {
            @Override
            public void power(GuestPartition partition, PowerEvent event) {
                way.happen(stage::isOver);
            }
        };
    }

    static Stream<Arguments> matrix() {
        return Stream.of(beforeThereIsAGuest(), whileSwapped(), whileStopped(), whileTheGuestRuns())
                .flatMap(scenarios -> scenarios)
                .flatMap(scenario -> scenario.ways().stream().map(way -> Arguments.of(scenario, way)));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("matrix")
    @DisplayName("The guest and the other enlightenments go on, and the place says what has happened")
    void hurtsItself(Scenario scenario, Way way) throws Exception {
        boolean isStuck = way == Way.LOOP && scenario.runs() == Runs.VP;
        try (Stage stage = new Stage()) {
            stage.hurry(way == Way.LOOP && !isStuck);
            String told = scenario.provocation().with(stage, way);
            stage.hurry(false);
            if (told != null) {
                assertTrue(told.contains("hv.saboteur 1.") || told.contains("saboteur"), told);
            }
            stage.old.sabotage().disarm();
            stage.next.sabotage().disarm();
            goesOn(stage, isStuck);
            if (isStuck) {
                saysWhereTheVpIs(stage);
            } else if (scenario.callback() != null && !isAnswer(scenario, way)) {
                says(stage, scenario, way);
            }
            if (way == Way.LOOP && scenario.runs() == Runs.LIMITED) {
                leavesOneNamedThread();
            }
        }
    }

    /** An exception about a state is an answer to host-side code, and no failure. */
    private static boolean isAnswer(Scenario scenario, Way way) {
        return scenario.callback() == Callback.SERVICE && way == Way.UNCHECKED;
    }

    private static void goesOn(Stage stage, boolean isStuck) throws Exception {
        if (stage.hypervisor.partitions().isEmpty()) {
            return;
        }
        for (int vp = isStuck ? 1 : 0; vp < 2; vp++) {
            stage.bystanderAnswers(vp);
        }
        stage.hypervisor
                .create("hv-bystander,hv-enforce-cpuid", HostedHost.builder().build())
                .close();
        if (!isStuck) {
            SwapDTO swap = stage.partition.places().swap(Bystander.ID, "");
            assertTrue(swap.succeeded(), swap.toString());
            stage.bystanderAnswers(0);
        }
    }

    private static void says(Stage stage, Scenario scenario, Way way) {
        Stage.await(() -> stage.hasTold(scenario.place(), scenario.callback().toString(), way.kind));
        if (scenario.place().equals(Saboteur.ID)) {
            assertTrue(stage.slot().failures() > 0);
            assertFalse(stage.slot().lastFailure().isEmpty());
        }
    }

    /** A thread that hangs in a handler cannot be ended, but it can be told. */
    private static void saysWhereTheVpIs(Stage stage) {
        stage.hurry(true);
        SwapDTO swap = stage.partition.places().swap(Bystander.ID, "");
        stage.hurry(false);
        assertFalse(swap.succeeded());
        assertTrue(swap.outcome().contains("VP 0 did not come to a safe point in time"), swap.outcome());
        assertTrue(swap.outcome().contains("Way.loop"), swap.outcome());
        assertTrue(
                stage.partition.places().failures().stream()
                        .anyMatch(row -> row.callback().equals(Callback.SAFE_POINT.toString())),
                () -> stage.partition.places().failures().toString());
    }

    private static void leavesOneNamedThread() {
        assertTrue(Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.isDaemon() && thread.getName().startsWith("hv-hung in hv.saboteur 1.")));
    }
}
