package hv.partition;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.dto.PlaceDTO;
import hv.api.dto.SwapDTO;
import hv.partition.bystander.Bystander;
import hv.partition.faulty.Saboteur;
import hv.partition.faulty.Spot;
import hv.partition.faulty.Way;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What hangs is given up after longer than the test may take, so whoever has to wait for it fails the test. */
@DisplayName("While a version hangs in what it does before it takes its place, nobody else has to wait")
class RehearsalTest {
    private static final Duration LONGER_THAN_THE_TEST = Duration.ofMinutes(1);
    private static final String OLDER = "hv.saboteur 0.9.0";
    private static final String NEWER = "hv.saboteur 1.1.0";

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

    /** What a version does before it takes its place, and how often it has done that well before it hangs. */
    static Stream<Arguments> steps() {
        return Stream.of(
                Arguments.of(Spot.ATTACH, 0),
                Arguments.of(Spot.ADD_VP, 0),
                Arguments.of(Spot.TAKE_OVER, 0),
                Arguments.of(Spot.CHECK, 0),
                Arguments.of(Spot.CPUID, 0),
                Arguments.of(Spot.ATTACH, 1));
    }

    @ParameterizedTest(name = "{0} after {1}")
    @MethodSource("steps")
    @DisplayName("A swap by hand: others look, save, restore and reset")
    void swapByHand(Spot spot, int times) throws Exception {
        try (Stage stage = new Stage()) {
            stage.hypervisor.come(stage.next, OLDER, -1);
            stage.next.sabotage().arm(spot, Way.LOOP, times);
            stage.hypervisor.limits().set(LONGER_THAN_THE_TEST);
            othersGoOn(
                    stage,
                    CompletableFuture.runAsync(() -> stage.partition.places().swap(Saboteur.ID, OLDER)));
            assertEquals(OLDER, stage.slot().bundle());
        }
    }

    @ParameterizedTest(name = "{0} after {1}")
    @MethodSource("steps")
    @DisplayName("A newer version that is deployed: the same")
    void deployed(Spot spot, int times) throws Exception {
        try (Stage stage = new Stage()) {
            stage.next.sabotage().arm(spot, Way.LOOP, times);
            stage.hypervisor.limits().set(LONGER_THAN_THE_TEST);
            othersGoOn(stage, CompletableFuture.runAsync(() -> stage.hypervisor.come(stage.next, NEWER, 1)));
            assertEquals(NEWER, stage.slot().bundle());
        }
    }

    @ParameterizedTest(name = "{0} after {1}")
    @MethodSource("steps")
    @DisplayName(
            "An older version that follows when the one in place is withdrawn: the same, and that one stays so long")
    void follows(Spot spot, int times) throws Exception {
        try (Stage stage = new Stage()) {
            stage.hypervisor.come(stage.next, OLDER, -1);
            stage.next.sabotage().arm(spot, Way.LOOP, times);
            stage.hypervisor.limits().set(LONGER_THAN_THE_TEST);
            CompletableFuture<Void> hanging = CompletableFuture.runAsync(() -> stage.hypervisor.go(stage.old));
            othersGoOn(stage, hanging);
            assertEquals(OLDER, stage.slot().bundle());
            assertEquals(
                    List.of(SwapDTO.Kind.SWAP),
                    stage.partition.places().history().stream()
                            .map(SwapDTO::kind)
                            .toList());
        }
    }

    @ParameterizedTest(name = "{0} after {1}")
    @MethodSource("steps")
    @DisplayName("One that is put back after it was removed: the same")
    void addedAgain(Spot spot, int times) throws Exception {
        try (Stage stage = new Stage()) {
            stage.partition.places().remove(Saboteur.ID);
            stage.hypervisor.come(stage.next, NEWER, 1);
            stage.next.sabotage().arm(spot, Way.LOOP, times);
            stage.hypervisor.limits().set(LONGER_THAN_THE_TEST);
            othersGoOn(
                    stage,
                    CompletableFuture.runAsync(() -> stage.partition.places().add(Saboteur.ID)));
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(names = {"ADD_VP", "HANDLERS"})
    @DisplayName("While a VP that is added hangs in an enlightenment, others wait no longer than the limit for it")
    void addedVp(Spot spot) throws Exception {
        try (Stage stage = new Stage()) {
            stage.old.sabotage().arm(spot, Way.LOOP, 0);
            stage.hurry(true);
            CompletableFuture<Void> adding = CompletableFuture.runAsync(stage.partition::addVp);
            Stage.await(() -> stage.old.sabotage().hasFailed());
            stage.hurry(false);
            SwapDTO swap = stage.partition.places().swap(Bystander.ID, "");
            assertTrue(swap.succeeded(), swap.toString());
            assertThrows(ExecutionException.class, () -> adding.get(60, TimeUnit.SECONDS));
            assertEquals(2, stage.partition.vpCount());
        }
    }
}
