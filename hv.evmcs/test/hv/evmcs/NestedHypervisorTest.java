package hv.evmcs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import hv.api.StateException;
import hv.api.Vendor;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A nested hypervisor that keeps to the protocol finds every entry and every exit as it expects them. */
class NestedHypervisorTest {
    @Test
    @DisplayName("2,000 random entries of 5 guests on one VP, with switches, VMCLEAR and relaunch")
    void oneProcessor() {
        long seed = System.nanoTime();
        try (Machine machine = Machine.intel()) {
            ModelHypervisor l1 = new ModelHypervisor(machine, 0, 0x20_000, 5, new Random(seed));
            for (int i = 0; i < 2_000; i++) {
                turn(l1, seed);
            }
        }
    }

    @Test
    @DisplayName("two VPs at the same time, each with guests of its own")
    void twoProcessors() throws InterruptedException {
        long seed = System.nanoTime();
        List<Throwable> failures = java.util.Collections.synchronizedList(new ArrayList<>());
        try (Machine machine = new Machine(Machine.ALL, Vendor.INTEL, 2)) {
            List<Thread> threads = new ArrayList<>();
            for (int vp = 0; vp < 2; vp++) {
                ModelHypervisor l1 =
                        new ModelHypervisor(machine, vp, 0x20_000 + vp * 0x10_000, 3, new Random(seed + vp));
                Thread thread = new Thread(() -> {
                    for (int i = 0; i < 500; i++) {
                        turn(l1, seed);
                    }
                });
                thread.setUncaughtExceptionHandler((t, e) -> failures.add(e));
                thread.start();
                threads.add(thread);
            }
            for (Thread thread : threads) {
                thread.join();
            }
        }
        assertEquals(List.of(), failures);
    }

    @Test
    @DisplayName("save and restore between any two turns change nothing for it")
    void savedAndRestored() throws StateException {
        long seed = System.nanoTime();
        try (Machine machine = Machine.intel()) {
            ModelHypervisor l1 = new ModelHypervisor(machine, 0, 0x20_000, 3, new Random(seed));
            for (int i = 0; i < 200; i++) {
                turn(l1, seed);
                machine.partition().restore(machine.partition().save());
            }
        }
    }

    private static void turn(ModelHypervisor l1, long seed) {
        try {
            l1.turn();
        } catch (AssertionError e) {
            throw new AssertionError("seed " + seed, e);
        }
    }
}
