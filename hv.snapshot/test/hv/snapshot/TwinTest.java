package hv.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.GuestMemory;
import hv.api.SavedState;
import hv.api.StateException;
import hv.api.host.GuestMachine;
import hv.api.host.GuestPartition;
import hv.api.host.Hypervisor;
import hv.testkit.Deployed;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several who save and restore one machine at the same time, while its guest counts in two places of its memory. */
class TwinTest {
    private static final int ROUNDS = 12;
    private static final int MEMORY_BYTES = 4 << 20;
    private static final long FIRST = 0;
    private static final long LAST = MEMORY_BYTES - 8;

    @TempDir
    private Path folder;

    /** A machine whose guest adds 1 to two numbers, one behind the other, whenever it is not paused. */
    private static final class CountingMachine implements GuestMachine, AutoCloseable {
        private final TestMachine machine;
        private final Thread guest = new Thread(this::count);
        private final Object step = new Object();
        private boolean isPaused;
        private boolean isClosed;

        CountingMachine(TestMachine machine) {
            this.machine = machine;
            guest.start();
        }

        private void count() {
            try {
                for (boolean goesOn = true; goesOn; goesOn = step()) {
                    Thread.onSpinWait();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private boolean step() throws InterruptedException {
            synchronized (step) {
                while (isPaused && !isClosed) {
                    step.wait();
                }
                if (isClosed) {
                    return false;
                }
                memory().putLong(FIRST, memory().getLong(FIRST) + 1);
                memory().putLong(LAST, memory().getLong(LAST) + 1);
                return true;
            }
        }

        private void isPaused(boolean paused) {
            synchronized (step) {
                isPaused = paused;
                step.notifyAll();
            }
        }

        @Override
        public GuestPartition partition() {
            return machine.partition();
        }

        @Override
        public GuestMemory memory() {
            return machine.memory();
        }

        @Override
        public long memoryBytes() {
            return machine.memoryBytes();
        }

        @Override
        public void pause() {
            isPaused(true);
        }

        @Override
        public void resume() {
            isPaused(false);
        }

        @Override
        public void reset() {
            machine.reset();
        }

        @Override
        public SavedState save() {
            return machine.save();
        }

        @Override
        public void restore(SavedState state) throws StateException {
            machine.restore(state);
        }

        @Override
        public void close() {
            synchronized (step) {
                isClosed = true;
                step.notifyAll();
            }
            machine.close();
        }
    }

    private static TestMachine machine(Hypervisor hypervisor) throws Exception {
        TestMachine machine = new TestMachine(hypervisor, "hv-time,hv-enforce-cpuid", 1, MEMORY_BYTES);
        byte[] noise = new byte[MEMORY_BYTES - 4096];
        new Random(1).nextBytes(noise);
        machine.memory().write(8, noise, 0, noise.length);
        return machine;
    }

    @Test
    @DisplayName(
            "No snapshot is torn: each of three savers, and one who restores, has the machine for itself from pause to resume")
    void oneAtATime() throws Exception {
        try (Deployed deployed = new Deployed();
                CountingMachine counting = new CountingMachine(machine(deployed.hypervisor()))) {
            ExecutorService savers = Executors.newFixedThreadPool(4);
            Snapshots snapshots = new Snapshots(deployed.hypervisor());
            Path own = folder.resolve("own");
            snapshots.save(counting, own, true);
            List<Callable<Void>> work = new java.util.ArrayList<>(IntStream.range(0, 3)
                    .<Callable<Void>>mapToObj(saver -> () -> {
                        for (int round = 0; round < ROUNDS; round++) {
                            snapshots.save(counting, folder.resolve(saver + "-" + round), true);
                        }
                        return null;
                    })
                    .toList());
            work.add(() -> {
                for (int round = 0; round < ROUNDS; round++) {
                    snapshots.restore(counting, own);
                }
                return null;
            });
            List<Future<Void>> all = savers.invokeAll(work);
            savers.shutdown();
            for (Future<Void> done : all) {
                done.get();
            }
            try (TestMachine other = machine(deployed.hypervisor())) {
                for (int saver = 0; saver < 3; saver++) {
                    for (int round = 0; round < ROUNDS; round++) {
                        snapshots.restore(other, folder.resolve(saver + "-" + round));
                        assertEquals(
                                other.memory().getLong(FIRST), other.memory().getLong(LAST));
                    }
                }
            }
            assertTrue(counting.memory().getLong(FIRST) > 0);
        }
    }
}
