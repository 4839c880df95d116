package hv.soak;

import hv.api.GuestFault;
import hv.api.host.GuestVp;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A VP that writes registers and finds in them what it wrote, for as long as it is let, on a thread of its own. What is
 * vacant it waits for.
 */
final class Witness {
    private static final int HV_X64_MSR_VP_INDEX = 0x4000_0002;
    private static final int HV_X64_MSR_REFERENCE_TSC = 0x4000_0021;
    private static final int HV_X64_MSR_VP_ASSIST_PAGE = 0x4000_0073;
    private static final int HV_X64_MSR_SIEFP = 0x4000_0082;
    private static final int HV_X64_MSR_SIMP = 0x4000_0083;
    private static final int HV_X64_MSR_SINT0 = 0x4000_0090;
    private static final int HV_X64_MSR_STIMER0_CONFIG = 0x4000_00B0;
    private static final int HV_X64_MSR_STIMER0_COUNT = 0x4000_00B1;
    private static final int HV_X64_MSR_CRASH_P0 = 0x4000_0100;
    private static final int HV_X64_MSR_REENLIGHTENMENT_CONTROL = 0x4000_0106;
    private static final int SINTS = 16;
    private static final int MASKED = 0x1_0000;
    private static final long PAGE = 0x1000;

    private final GuestVp vp;
    private final Random random;
    private final Map<Integer, Long> written = new TreeMap<>();
    private final Thread thread;
    private volatile boolean goesOn = true;
    private volatile String complaint = "";
    private final AtomicLong accesses = new AtomicLong();

    Witness(GuestVp vp, long seed) {
        this.vp = vp;
        this.random = new Random(seed + vp.index());
        this.thread =
                Thread.ofPlatform().daemon().name("hv-witness-" + vp.index()).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** What it saw that must not be; empty if nothing. */
    String complaint() {
        return complaint;
    }

    long accesses() {
        return accesses.get();
    }

    /** Lets it end; it looks at everything once more first. */
    void finish() throws InterruptedException {
        goesOn = false;
        thread.join();
    }

    private void run() {
        try {
            while (goesOn && complaint.isEmpty()) {
                write();
                read(HV_X64_MSR_VP_INDEX, vp.index());
                if (!written.isEmpty()) {
                    int position = random.nextInt(written.size());
                    int msr =
                            written.keySet().stream().skip(position).findFirst().orElseThrow();
                    read(msr, written.get(msr));
                }
            }
            for (Map.Entry<Integer, Long> entry : written.entrySet()) {
                read(entry.getKey(), entry.getValue());
            }
        } catch (GuestFault | RuntimeException e) {
            complaint = "VP %d: %s".formatted(vp.index(), e);
        }
    }

    private void write() throws GuestFault {
        long page = PAGE * (0x100 + 16L * vp.index());
        switch (random.nextInt(vp.index() == 0 ? 8 : 5)) {
            case 0 -> write(HV_X64_MSR_SINT0 + random.nextInt(SINTS), MASKED | random.nextInt(0x100));
            case 1 -> write(HV_X64_MSR_SIMP, page | random.nextInt(2));
            case 2 -> write(HV_X64_MSR_SIEFP, page + PAGE | random.nextInt(2));
            case 3 -> write(HV_X64_MSR_VP_ASSIST_PAGE, page + 2 * PAGE | random.nextInt(2));
            case 4 -> {
                int timer = 2 * random.nextInt(4);
                write(HV_X64_MSR_STIMER0_CONFIG + timer, random.nextInt(16) << 16);
                write(HV_X64_MSR_STIMER0_COUNT + timer, 1 + random.nextInt(1000));
            }
            case 5 -> write(HV_X64_MSR_CRASH_P0 + random.nextInt(5), random.nextLong());
            case 6 -> write(HV_X64_MSR_REFERENCE_TSC, page + 3 * PAGE | random.nextInt(2));
            default -> write(HV_X64_MSR_REENLIGHTENMENT_CONTROL, random.nextInt(0x100));
        }
    }

    private void write(int msr, long value) throws GuestFault {
        vp.drain();
        vp.writeMsr(msr, value);
        written.put(msr, value);
        accesses.incrementAndGet();
    }

    private void read(int msr, long expected) throws GuestFault {
        vp.drain();
        long value = vp.readMsr(msr);
        accesses.incrementAndGet();
        if (value != expected) {
            complaint = "VP %d: MSR 0x%08x is 0x%x and was 0x%x".formatted(vp.index(), msr, value, expected);
        }
    }
}
