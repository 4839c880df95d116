package hv.testkit;

import hv.api.enlightenment.Descriptor;
import hv.api.enlightenment.HypercallSpec;
import hv.api.enlightenment.MsrRange;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * A guest that does what nobody would: random accesses to the MSRs and calls of some enlightenments, with values that
 * break things, on one VP. The same seed does the same again.
 */
final class RandomProgram {
    /** Values that have broken somebody. */
    static final long[] HOSTILE_VALUES = {
        0,
        1,
        -1,
        2,
        0xFFF,
        0x1000,
        0x1001,
        0x6001,
        0xF_F001,
        0xF_FFFF,
        0x10_0000,
        0x10_0001,
        0x1_0000,
        0x1_0020,
        0xFFFF_FFFFL,
        0x1_0000_0000L,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        Long.MIN_VALUE | 1,
        -4096,
        -4095,
        0x5555_5555_5555_5555L,
        0xAAAA_AAAA_AAAA_AAAAL
    };

    private static final int CALL_SHARE_PERCENT = 30;

    /**
     * An access that is drawn and not yet made.
     *
     * @param owner the enlightenment whose it is; empty if nobody's that is known
     * @param deed makes it, once, and says what came of it
     */
    record Access(String owner, Deed deed) {
        /** Does something on a VP of a guest. */
        @FunctionalInterface
        interface Deed {
            String on(Guest guest, int vp);
        }
    }

    private static final Access NOTHING = new Access("", (guest, vp) -> {
        guest.partition().vp(vp).drain();
        return "";
    });

    private final Random random;
    private final int[] msrs;
    private final int[] codes;
    private final Map<Integer, String> owners = new HashMap<>();

    RandomProgram(long seed, List<Descriptor> known) {
        random = new Random(seed);
        msrs = known.stream()
                .flatMap(d -> d.msrs().stream())
                .flatMapToInt((MsrRange range) -> IntStream.rangeClosed(range.first(), range.last()))
                .toArray();
        codes = known.stream()
                .flatMap(d -> d.hypercalls().stream())
                .mapToInt(HypercallSpec::code)
                .toArray();
        for (Descriptor descriptor : known) {
            for (MsrRange range : descriptor.msrs()) {
                IntStream.rangeClosed(range.first(), range.last()).forEach(msr -> owners.put(msr, descriptor.id()));
            }
            descriptor.hypercalls().forEach(spec -> owners.put(spec.code(), descriptor.id()));
        }
    }

    /** Makes {@code steps} accesses on VP {@code vp}; time passes in between if {@code withTime}. */
    void run(Guest guest, int vp, int steps, boolean withTime) {
        for (int step = 0; step < steps; step++) {
            step(guest, vp, withTime);
        }
    }

    /** Makes one access on VP {@code vp}, and time may pass if {@code withTime}. Says what came of it. */
    String step(Guest guest, int vp, boolean withTime) {
        String outcome = draw().deed().on(guest, vp);
        if (withTime && random.nextInt(8) == 0) {
            guest.host().advance100ns(time());
        }
        return outcome;
    }

    /** How much time may pass at once. */
    long time() {
        return random.nextLong(1L << random.nextInt(40));
    }

    /** The next access. */
    Access draw() {
        if (codes.length > 0 && random.nextInt(100) < CALL_SHARE_PERCENT) {
            return call();
        }
        return msrs.length > 0 ? msr(msrs[random.nextInt(msrs.length)]) : NOTHING;
    }

    private Access msr(int msr) {
        if (random.nextInt(3) == 0) {
            return new Access(owners.get(msr), (guest, vp) -> "read 0x%08x %s".formatted(msr, guest.read(vp, msr)));
        }
        long value = value();
        return new Access(
                owners.get(msr), (guest, vp) -> "write 0x%08x %s".formatted(msr, guest.write(vp, msr, value)));
    }

    private Access call() {
        long control = codes[random.nextInt(codes.length)];
        if (random.nextBoolean()) {
            control |= 1L << 16;
        }
        if (random.nextBoolean()) {
            control |= (long) random.nextInt(8) << 17;
        }
        if (random.nextBoolean()) {
            control |= (long) random.nextInt(random.nextBoolean() ? 16 : 4096) << 32;
        }
        if (random.nextInt(8) == 0) {
            control ^= 1L << random.nextInt(64);
        }
        long[] xmm = random.longs(12).map(ignored -> value()).toArray();
        GuestRegisters registers = random.nextInt(4) == 0
                ? GuestRegisters.in32(control, value(), value(), xmm)
                : GuestRegisters.in64(control, value(), value(), xmm);
        return new Access(
                owners.getOrDefault((int) control & 0xFFFF, ""),
                (guest, vp) -> guest.call(vp, registers) ? "call " + Long.toHexString(registers.result()) : "call #UD");
    }

    private long value() {
        return switch (random.nextInt(4)) {
            case 0 -> HOSTILE_VALUES[random.nextInt(HOSTILE_VALUES.length)];
            case 1 -> random.nextLong();
            case 2 -> 1L << random.nextInt(64);
            default -> random.nextInt(0x100) << 12 | random.nextInt(2);
        };
    }
}
