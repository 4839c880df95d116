package hv.hostkit;

import static hv.hostkit.Advice.require;

import hv.api.GuestMemory;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/** The guest's RAM. */
final class MemoryRules {
    private static final long FREE = 0x8000;
    private static final int ROUNDS = 50_000;

    private MemoryRules() {}

    static List<Rule> all() {
        return List.of(
                new Rule("Memory is always the same object", MemoryRules::same),
                new Rule("isRam is true of RAM and of nothing else, whatever a guest asks", MemoryRules::isRam),
                new Rule("Values are little-endian, at any alignment", MemoryRules::littleEndian),
                new Rule(
                        "An access outside RAM throws IndexOutOfBoundsException and touches nothing",
                        MemoryRules::outside),
                new Rule("What is said to be atomic is atomic", MemoryRules::atomic));
    }

    private static void same(Trial trial) {
        require(
                trial.host().memory() == trial.host().memory(),
                "Host.memory() gives another object each time: keep one in a field");
    }

    private static void isRam(Trial trial) {
        GuestMemory memory = trial.host().memory();
        long end = memory.endGpa();
        require(
                memory.isRam(0, 0x10000) && end >= 0x10000,
                "the subject needs 64 KiB of RAM from address 0 for this contract");
        long[][] outside = {
            {end, 1},
            {end - 1, 2},
            {-1, 1},
            {-1, 2},
            {-8, 16},
            {Long.MIN_VALUE, 8},
            {Long.MAX_VALUE, 8},
            {Long.MAX_VALUE, Long.MAX_VALUE},
            {0, Long.MAX_VALUE},
            {end - 4, Long.MAX_VALUE}
        };
        for (long[] range : outside) {
            require(
                    !memory.isRam(range[0], range[1]),
                    "GuestMemory.isRam(0x%x, 0x%x) is true, and RAM ends at 0x%x: compare as unsigned numbers and beware of sums that overflow"
                            .formatted(range[0], range[1], end));
        }
    }

    private static void littleEndian(Trial trial) {
        GuestMemory memory = trial.host().memory();
        for (int shift = 0; shift < 8; shift++) {
            long gpa = FREE + shift;
            memory.putLong(gpa, 0x0102_0304_0506_0708L);
            byte[] bytes = new byte[10];
            memory.read(gpa, bytes, 1, 8);
            boolean isRight = bytes[0] == 0 && bytes[9] == 0 && memory.getInt(gpa) == 0x0506_0708;
            for (int i = 0; i < 8; i++) {
                isRight &= bytes[1 + i] == 8 - i;
            }
            memory.write(gpa, new byte[] {9, 1, 2, 3, 4, 9}, 1, 4);
            isRight &= memory.getInt(gpa) == 0x0403_0201 && memory.getLong(gpa) == 0x0102_0304_0403_0201L;
            memory.putInt(gpa, -2);
            isRight &= memory.getLong(gpa) == 0x0102_0304_FFFF_FFFEL;
            require(
                    isRight,
                    "GuestMemory stores or loads wrongly at 0x%x: values are little-endian, at any alignment, and read and write copy exactly the bytes that were asked for"
                            .formatted(gpa));
        }
    }

    private static void outside(Trial trial) {
        GuestMemory memory = trial.host().memory();
        long end = memory.endGpa();
        memory.putInt(end - 4, 0x1234_5678);
        refuses("putLong", () -> memory.putLong(end - 4, -1));
        refuses("write", () -> memory.write(end - 4, new byte[8], 0, 8));
        refuses("getLong", () -> memory.getLong(end - 4));
        refuses("getInt", () -> memory.getInt(-4));
        refuses("putInt", () -> memory.putInt(Long.MIN_VALUE, 1));
        refuses("read", () -> memory.read(end, new byte[1], 0, 1));
        require(
                memory.getInt(end - 4) == 0x1234_5678,
                "an access that reaches over the end of RAM has changed RAM before it threw: check the whole range first");
    }

    private static void refuses(String method, Runnable access) {
        try {
            access.run();
        } catch (IndexOutOfBoundsException right) {
            return;
        } catch (RuntimeException e) {
            throw new AssertionError(
                    "GuestMemory.%s outside RAM throws %s, not IndexOutOfBoundsException".formatted(method, e), e);
        }
        throw new AssertionError(
                "GuestMemory.%s outside RAM does not throw IndexOutOfBoundsException".formatted(method));
    }

    private static void atomic(Trial trial) throws Exception {
        GuestMemory memory = trial.host().memory();
        memory.putLong(FREE, 0);
        memory.putLong(FREE + 8, 0);
        AtomicReference<String> wrong = new AtomicReference<>();
        Thread[] threads = new Thread[2];
        for (int i = 0; i < threads.length; i++) {
            int bit = 1 << i;
            threads[i] = new Thread(() -> {
                for (int round = 0; round < ROUNDS && wrong.get() == null; round++) {
                    boolean isRight = (memory.getAndBitwiseOrInt(FREE, bit) & bit) == 0;
                    isRight &= (memory.getAndBitwiseAndInt(FREE, ~bit) & bit) != 0;
                    isRight &= (memory.getAndBitwiseOrLong(FREE, (long) bit << 32) >> 32 & bit) == 0;
                    isRight &= (memory.getAndBitwiseAndLong(FREE, ~((long) bit << 32)) >> 32 & bit) != 0;
                    if (!isRight) {
                        wrong.set("getAndBitwise...");
                    }
                    long seen;
                    do {
                        seen = memory.getLong(FREE + 8);
                    } while (!memory.compareAndSetLong(FREE + 8, seen, seen + 1));
                }
            });
            threads[i].start();
        }
        for (Thread each : threads) {
            each.join();
        }
        if (wrong.get() == null && memory.getLong(FREE + 8) != (long) ROUNDS * threads.length) {
            wrong.set("compareAndSetLong");
        }
        require(
                wrong.get() == null,
                "GuestMemory.%s of two threads at once lost what one has done: use one atomic operation of the processor, as a VarHandle's"
                        .formatted(wrong.get()));
    }
}
