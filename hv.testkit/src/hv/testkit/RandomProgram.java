package hv.testkit;

import hv.api.Descriptor;
import hv.api.HypercallSpec;
import hv.api.MsrRange;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * A guest that does what nobody would: random accesses to the MSRs and calls of some enlightenments, with values that break things, on
 * one VP. The same seed does the same again.
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

    private final Random random;
    private final int[] msrs;
    private final int[] codes;

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
    }

    /** Makes {@code steps} accesses on VP {@code vp}; time passes in between if {@code withTime}. */
    void run(Guest guest, int vp, int steps, boolean withTime) {
        for (int step = 0; step < steps; step++) {
            step(guest, vp, withTime);
        }
    }

    /** Makes one access on VP {@code vp}, and time may pass if {@code withTime}. Says what came of it. */
    String step(Guest guest, int vp, boolean withTime) {
        String outcome = "";
        if (codes.length > 0 && random.nextInt(100) < CALL_SHARE_PERCENT) {
            GuestRegisters call = call();
            boolean isTaken = guest.call(vp, call);
            outcome = isTaken ? "call " + Long.toHexString(call.result()) : "call #UD";
        } else if (msrs.length > 0) {
            outcome = access(guest, vp, msrs[random.nextInt(msrs.length)]);
        }
        if (withTime && random.nextInt(8) == 0) {
            guest.host().advance100ns(random.nextLong(1L << random.nextInt(40)));
        }
        return outcome;
    }

    private String access(Guest guest, int vp, int msr) {
        if (random.nextInt(3) == 0) {
            return "read 0x%08x %s".formatted(msr, guest.read(vp, msr));
        }
        return "write 0x%08x %s".formatted(msr, guest.write(vp, msr, value()));
    }

    private GuestRegisters call() {
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
        return random.nextInt(4) == 0
                ? GuestRegisters.in32(control, value(), value(), xmm)
                : GuestRegisters.in64(control, value(), value(), xmm);
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
