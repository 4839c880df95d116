package hv.hostkit;

import static hv.hostkit.Advice.require;

import hv.api.PowerEvent;
import hv.api.dto.FailureDTO;
import hv.api.host.GuestPartition;
import hv.api.host.Host;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

/** VPs: their threads, kicks, interrupts and what the guest asks for. */
final class VpRules {
    private static final int ROUNDS = 200;
    private static final int FIRST_VECTOR = 16;
    private static final int LAST_VECTOR = 255;

    private VpRules() {}

    static List<Rule> all() {
        return List.of(
                new Rule("A kick before VPs run does no harm", VpRules::early),
                new Rule("A kick makes a VP drain, again and again", VpRules::drains),
                new Rule("Each VP has one thread of its own", VpRules::ownThread),
                new Rule("A kick does not wait for the VP", VpRules::kickIsQuick),
                new Rule("Interrupts are requested from any thread, without waiting", VpRules::interrupts),
                new Rule("A request of the guest for a reset is taken note of, without waiting", VpRules::power),
                new Rule("A VP that spins lets others run, without waiting for long", VpRules::spinning));
    }

    private static void early(Trial trial) {
        trial.partition();
        for (int vp = 0; vp < trial.vps(); vp++) {
            try {
                trial.host().kick(vp);
            } catch (RuntimeException e) {
                throw new AssertionError(
                        "Host.kick(%d) throws before the VP runs: all methods must work from the moment the partition is made"
                                .formatted(vp),
                        e);
            }
        }
    }

    private static void drains(Trial trial) throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            trial.onVp(round % trial.vps(), "drain", () -> null);
        }
        noFailures(trial);
    }

    private static void ownThread(Trial trial) throws Exception {
        Set<Thread> all = new HashSet<>();
        for (int vp = 0; vp < trial.vps(); vp++) {
            Set<Thread> own = new HashSet<>();
            for (int round = 0; round < ROUNDS / 10; round++) {
                own.add(trial.onVp(vp, "drain", Thread::currentThread));
            }
            require(
                    own.size() == 1,
                    "VP %d was drained by %d threads: a VP's methods are called by one thread of its own, in its loop"
                            .formatted(vp, own.size()));
            all.addAll(own);
        }
        require(
                all.size() == trial.vps() && !all.contains(Thread.currentThread()),
                "VPs share a thread: give each one of its own, or a VP that waits holds up others");
    }

    private static void kickIsQuick(Trial trial) throws Exception {
        CountDownLatch isInside = new CountDownLatch(1);
        CountDownLatch door = new CountDownLatch(1);
        CompletableFuture<Void> held = trial.running().vp(0).submit(() -> {
            isInside.countDown();
            door.await();
            return null;
        });
        try {
            trial.onVp(1, "drain", () -> null);
            Trial.await(CompletableFuture.runAsync(() -> await(isInside)), "VP 0 did not drain after a kick");
            trial.soon("Host.kick waits for the VP, which is busy: leave it a mark and return", () -> {
                for (int i = 0; i < ROUNDS; i++) {
                    trial.host().kick(0);
                }
                return null;
            });
        } finally {
            door.countDown();
        }
        Trial.await(held, "VP 0 does not come back from a task");
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void interrupts(Trial trial) throws Exception {
        trial.running();
        String advice =
                "Host.interrupt waits or throws: put the request where the VP finds it, wake the VP, and return; any vector from 16 to 255, from any thread";
        trial.soon(advice, () -> {
            for (int vp = 0; vp < trial.vps(); vp++) {
                for (int vector = FIRST_VECTOR; vector <= LAST_VECTOR; vector++) {
                    trial.host().interrupt(vp, vector);
                    Optional<Boolean> isRequested = trial.subject().isRequested(vp, vector);
                    require(
                            isRequested.orElse(true),
                            "Host.interrupt(%d, %d) is lost: request it even if the VP does not run at that moment"
                                    .formatted(vp, vector));
                }
            }
            return null;
        });
        trial.onVp(0, "go on after interrupts", () -> null);
    }

    private static void power(Trial trial) throws Exception {
        GuestPartition partition = trial.running();
        Host host = trial.host();
        Thread[] thread = new Thread[1];
        trial.onVp(0, "come back from Host.power, which must not do what was asked for but note it and return,", () -> {
            thread[0] = Thread.currentThread();
            try {
                host.power(new PowerEvent.Reset(0));
            } catch (RuntimeException e) {
                throw new AssertionError(
                        "Host.power throws %s on the VP's thread: note the event, and act on it elsewhere".formatted(e),
                        e);
            }
            return null;
        });
        require(partition.vpCount() == trial.vps(), "the partition has lost VPs");
    }

    private static void spinning(Trial trial) throws Exception {
        for (int round = 0; round < ROUNDS / 10; round++) {
            trial.onVp(0, "come back from Host.spinning, which may let another VP run and no more,", () -> {
                trial.host().spinning(0);
                return null;
            });
        }
        noFailures(trial);
    }

    /** What the partition has counted against the host. */
    private static void noFailures(Trial trial) {
        List<FailureDTO> ofHost = trial.partition().places().failures().stream()
                .filter(row -> row.place().equals("host"))
                .toList();
        require(ofHost.isEmpty(), "the host has thrown when it was called: " + ofHost);
    }
}
