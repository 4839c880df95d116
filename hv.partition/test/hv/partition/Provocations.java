package hv.partition;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.GuestFault;
import hv.api.SavedState;
import hv.api.StateException;
import hv.api.dto.PlaceDTO;
import hv.api.dto.SwapDTO;
import hv.api.host.ConfigurationException;
import hv.api.host.GuestVp;
import hv.hosted.HostedHost;
import hv.partition.bystander.Bystander;
import hv.partition.failure.Callback;
import hv.partition.failure.Failures;
import hv.partition.faulty.Saboteur;
import hv.partition.faulty.Spot;
import hv.partition.faulty.Way;
import hv.partition.vp.HypercallMsrs;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** What makes callbacks fail, and what must come of it. */
final class Provocations {
    private Provocations() {}

    /** A newer version comes and is refused; the old one stays. */
    static String refusedSwap(Stage stage) {
        SwapDTO swap = stage.come();
        assertFalse(swap.succeeded(), swap.toString());
        assertEquals("hv.saboteur 1.0.0", stage.slot().bundle());
        assertEquals(PlaceDTO.State.IN_PLACE, stage.slot().state());
        assertEquals(1, swap.outcome().lines().count());
        return swap.outcome();
    }

    /** The old version fails in a way that keeps a newer one from taking over. */
    static String unreplaceable(Stage stage, Spot spot, Way way) {
        stage.old.sabotage().arm(spot, way, 0);
        return refusedSwap(stage);
    }

    /** The old version fails when it is closed, which is no matter of the newer one. */
    static String unclosable(Stage stage, Way way) {
        stage.old.sabotage().arm(Spot.CLOSE, way, 0);
        SwapDTO swap = stage.come();
        assertTrue(swap.succeeded(), swap.toString());
        assertEquals("hv.saboteur 1.1.0", stage.slot().bundle());
        return null;
    }

    /** Another partition is to be made, and is not; the bystander's can be. */
    static String refusedCreation(Stage stage, Spot spot, Way way) {
        stage.old.sabotage().arm(spot, way, 0);
        ConfigurationException refusal = assertThrows(
                ConfigurationException.class,
                () -> stage.hypervisor.create(Stage.BOTH, HostedHost.builder().build()));
        assertEquals(1, stage.hypervisor.partitions().size());
        return refusal.getMessage();
    }

    /** A VP is to be added, and is not there; it can be added once nothing fails. */
    static String refusedVp(Stage stage, Spot spot, Way way) {
        stage.old.sabotage().arm(spot, way, 0);
        IllegalStateException refusal = assertThrows(IllegalStateException.class, stage.partition::addVp);
        assertEquals(2, stage.partition.vpCount());
        stage.old.sabotage().disarm();
        if (way == Way.LOOP) {
            assertThrows(IllegalStateException.class, stage.partition::addVp, "a thread is still in there");
        } else {
            assertEquals(2, stage.partition.addVp().index());
        }
        return refusal.getMessage();
    }

    /** A guest's access fails as a fault. */
    static String fault(Stage stage, Spot spot, Way way, GuestFault expected, GuestOperation operation)
            throws Exception {
        stage.old.sabotage().arm(spot, way, 0);
        if (way == Way.LOOP) {
            stage.partition.vp(0).submit(() -> operate(stage, operation));
            stage.awaitLoop(0);
        } else {
            assertSame(expected, assertThrows(GuestFault.class, () -> stage.onVp(0, () -> operate(stage, operation))));
        }
        return null;
    }

    /** Something that the guest does not notice fails while it makes an access. */
    static String unnoticed(Stage stage, Way way, GuestOperation operation) throws Exception {
        if (way == Way.LOOP) {
            stage.partition.vp(0).submit(() -> operate(stage, operation));
            stage.awaitLoop(0);
        } else {
            stage.onVp(0, () -> operate(stage, operation));
        }
        return null;
    }

    /** A listener is told that the guest wants to be reset; a listener that loops is said to. */
    static String apart(Stage stage, Way way) throws Exception {
        stage.onVp(0, () -> operate(stage, vp -> vp.writeMsr(Bystander.ANSWERS, 0)));
        if (way == Way.LOOP) {
            Stage.await(() -> stage.hasTold(Failures.LISTENER, Callback.POWER.toString(), way.kind));
        }
        return null;
    }

    /** The same for something that comes some time after it. */
    static String unnoticed(Stage stage, Spot spot, Way way, GuestOperation operation) throws Exception {
        stage.old.sabotage().arm(spot, way, 0);
        var done = stage.partition.vp(0).submit(() -> operate(stage, operation));
        stage.awaitWhileDrained(0, () -> {
            stage.host.advance100ns(1);
            return stage.old.sabotage().hasFailed();
        });
        if (way == Way.LOOP) {
            stage.awaitLoop(0);
        } else {
            done.get(60, TimeUnit.SECONDS);
        }
        return null;
    }

    /** What a guest does. */
    @FunctionalInterface
    interface GuestOperation {
        void on(GuestVp vp) throws GuestFault;
    }

    private static Void operate(Stage stage, GuestOperation operation) throws GuestFault {
        operation.on(stage.partition.vp(0));
        return null;
    }

    static void call(GuestVp vp) throws GuestFault {
        vp.hypercall(Registers.of64(Saboteur.CODE, 0, 0));
    }

    /** The guest is to be saved, and is not; it goes on. */
    static String unsaved(Stage stage, Way way) {
        stage.old.sabotage().arm(Spot.SAVE, way, 0);
        return assertThrows(IllegalStateException.class, () -> stage.stopped(stage.partition::save))
                .getMessage();
    }

    /**
     * A state is refused, and everything is as before; but one that does not even take back its own is not there any
     * more.
     */
    static String unrestored(Stage stage, Way way) throws Exception {
        return unrestored(stage, () -> stage.old.sabotage().arm(Spot.RESTORE, way, 0), PlaceDTO.State.VACANT);
    }

    /** The same for one that fails once. */
    static String unrestoredOnce(Stage stage, Way way) throws Exception {
        return unrestored(stage, () -> stage.old.sabotage().armOnce(Spot.RESTORE, way), PlaceDTO.State.IN_PLACE);
    }

    private static String unrestored(Stage stage, Runnable arm, PlaceDTO.State expected) throws Exception {
        var vp = stage.partition.vp(0);
        SavedState saved = stage.stopped(stage.partition::save);
        stage.onVp(0, () -> {
            vp.writeMsr(Bystander.VALUE, 77);
            vp.writeMsr(Saboteur.MSR, 78);
            vp.writeMsr(HypercallMsrs.HV_X64_MSR_HYPERCALL, 0x5001);
            stage.host.memory().write(0x5000, new byte[4], 0, 4);
            return null;
        });
        stage.host.advance100ns(1_000_000);
        long time = stage.partition.inspect().referenceTime100ns();
        arm.run();
        StateException refusal = assertThrows(
                StateException.class,
                () -> stage.stopped(() -> {
                    stage.partition.restore(saved);
                    return null;
                }));
        assertEquals(77, stage.onVp(0, () -> vp.readMsr(Bystander.VALUE)));
        assertEquals(0x5001, stage.onVp(0, () -> vp.readMsr(HypercallMsrs.HV_X64_MSR_HYPERCALL)));
        assertEquals(0, stage.host.memory().getInt(0x5000), "RAM is as it was");
        assertEquals(time, stage.partition.inspect().referenceTime100ns());
        assertEquals(expected, stage.slot().state());
        stage.old.sabotage().disarm();
        if (expected == PlaceDTO.State.VACANT) {
            assertTrue(stage.come().succeeded(), "a version that works takes the place");
        }
        assertEquals(78, stage.onVp(0, () -> vp.readMsr(Saboteur.MSR)), "it has what it had");
        return refusal.getMessage();
    }

    /** The bundle leaves and cannot give its state: that is lost, and the place is vacant. */
    static String leaves(Stage stage, Spot spot, Way way) {
        stage.old.sabotage().arm(spot, way, 0);
        stage.hypervisor.go(stage.old);
        assertEquals(PlaceDTO.State.VACANT, stage.slot().state());
        SwapDTO left = stage.lastChange();
        assertTrue(left.succeeded(), left.toString());
        assertEquals(spot != Spot.CLOSE, left.outcome().contains("could not be saved"), left.outcome());
        assertTrue(stage.come().succeeded());
        return null;
    }

    /**
     * Everything is reset but the one that cannot be, which is put in place anew, or, if it fails for ever, is vacant.
     */
    static String reset(Stage stage, Way way, boolean isOnce) throws Exception {
        var vp = stage.partition.vp(0);
        stage.onVp(0, () -> {
            vp.writeMsr(Bystander.VALUE, 77);
            vp.writeMsr(Saboteur.MSR, 78);
            return null;
        });
        if (isOnce) {
            stage.old.sabotage().armOnce(Spot.RESET, way);
        } else {
            stage.old.sabotage().arm(Spot.RESET, way, 0);
        }
        stage.stopped(() -> {
            stage.partition.reset();
            return null;
        });
        assertEquals(0, stage.onVp(0, () -> vp.readMsr(Bystander.VALUE)));
        assertEquals(0, stage.onVp(0, () -> vp.readMsr(Saboteur.MSR)), "a fresh one is in place");
        assertEquals(PlaceDTO.State.IN_PLACE, stage.slot().state());
        stage.onVp(0, () -> {
            vp.writeMsr(HypercallMsrs.HV_X64_MSR_GUEST_OS_ID, 1);
            return null;
        });
        return null;
    }

    /** The TSC gets another frequency. */
    static String tscChanges(Stage stage, Spot spot, Way way) throws Exception {
        stage.old.sabotage().arm(spot, way, 0);
        stage.stopped(() -> {
            stage.partition.tscFrequencyChanged(3_000_000_000L);
            return null;
        });
        assertEquals(3_000_000_000L, ((PartitionImpl) stage.partition).clock().tscFrequencyHz());
        return null;
    }

    /** Another enlightenment leaves and comes back. */
    static String returns(Stage stage, Way way) {
        stage.old.sabotage().arm(Spot.RETURNED, way, 0);
        stage.hypervisor.go(stage.bystander);
        stage.hypervisor.come(stage.bystander, 0);
        return null;
    }

    /** Host-side code calls. */
    static String serviceFails(Stage stage, Way way) throws Exception {
        stage.old.sabotage().arm(Spot.SERVICE, way, 0);
        Saboteur.Door door =
                stage.partition.service(Saboteur.ID, Saboteur.Door.class).orElseThrow();
        if (way != Way.LOOP) {
            RuntimeException failure = assertThrows(RuntimeException.class, door::call);
            stage.old.sabotage().disarm();
            assertEquals(42, door.call());
            return way == Way.UNCHECKED ? null : failure.getMessage();
        }
        Thread caller = new Thread(door::call);
        caller.setDaemon(true);
        caller.start();
        Stage.await(() -> caller.getStackTrace().length > 0 && isIn(caller, "loop"));
        return refusedSwap(stage);
    }

    private static boolean isIn(Thread thread, String method) {
        for (StackTraceElement frame : thread.getStackTrace()) {
            if (frame.getMethodName().equals(method)) {
                return true;
            }
        }
        return false;
    }

    /** Somebody's task fails. */
    static String taskFails(Stage stage, Way way) throws Exception {
        var future = stage.partition.vp(0).submit(() -> {
            way.happen(stage::isOver);
            return 1;
        });
        if (way == Way.LOOP) {
            stage.awaitLoop(0);
            return null;
        }
        Throwable cause = assertThrows(ExecutionException.class, () -> future.get(60, TimeUnit.SECONDS))
                .getCause();
        assertEquals(way.kind, cause.getClass().getName());
        return null;
    }
}
