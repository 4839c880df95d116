package hv.partition;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.dto.PlaceDTO;
import hv.partition.faulty.Saboteur;
import hv.partition.faulty.Spot;
import hv.partition.faulty.Way;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What hangs is given up after longer than the test may take, so whoever has to wait for it fails the test. */
@DisplayName("While a version that somebody asks for hangs in its rehearsal, nobody else has to wait")
class RehearsalTest {
    private static final Duration LONGER_THAN_THE_TEST = Duration.ofMinutes(1);
    private static final String OLDER = "hv.saboteur 0.9.0";

    private static void othersGoOn(Stage stage, CompletableFuture<Void> hanging) throws Exception {
        Stage.await(() -> stage.next.sabotage().hasFailed());
        assertEquals(2, stage.partition.places().all().size());
        assertTrue(stage.partition.places().failures().isEmpty());
        stage.stopped(() -> {
            stage.partition.restore(stage.partition.save());
            return null;
        });
        stage.bystanderAnswers(1);
        stage.stopped(() -> {
            stage.partition.reset();
            return null;
        });
        assertFalse(hanging.isDone(), "it hangs still");
        stage.next.sabotage().end();
        hanging.get(60, TimeUnit.SECONDS);
        assertEquals(PlaceDTO.State.IN_PLACE, stage.slot().state());
    }

    @Test
    @DisplayName("A swap by hand: others look, save, restore and reset")
    void swapByHand() throws Exception {
        try (Stage stage = new Stage()) {
            stage.hypervisor.come(stage.next, OLDER, -1);
            stage.next.sabotage().arm(Spot.ATTACH, Way.LOOP, 0);
            stage.hypervisor.limits().set(LONGER_THAN_THE_TEST);
            othersGoOn(
                    stage,
                    CompletableFuture.runAsync(() -> stage.partition.places().swap(Saboteur.ID, OLDER)));
            assertEquals(OLDER, stage.slot().bundle());
        }
    }

    @Test
    @DisplayName("One that is put back after it was removed: the same")
    void addedAgain() throws Exception {
        try (Stage stage = new Stage()) {
            stage.partition.places().remove(Saboteur.ID);
            stage.hypervisor.come(stage.next, "hv.saboteur 1.1.0", 1);
            stage.next.sabotage().arm(Spot.ATTACH, Way.LOOP, 0);
            stage.hypervisor.limits().set(LONGER_THAN_THE_TEST);
            othersGoOn(
                    stage,
                    CompletableFuture.runAsync(() -> stage.partition.places().add(Saboteur.ID)));
        }
    }
}
