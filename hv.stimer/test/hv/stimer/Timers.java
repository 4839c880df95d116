package hv.stimer;

import hv.api.enlightenment.Enlightenment;
import hv.hosted.Interrupt;
import hv.synic.Synic;
import hv.testkit.Guest;
import hv.time.Time;
import hv.vpindex.VpIndex;
import java.util.List;

/** A guest with timers, its controller set up: message page at 0x8000, SINT n at vector 0x50 + n for SINT 1 to 4. */
final class Timers implements AutoCloseable {
    static final int SIMP = 0x4000_0083;
    static final int EOM = 0x4000_0084;
    static final int SINT0 = 0x4000_0090;
    static final int CONFIG0 = 0x4000_00B0;
    static final int COUNT0 = 0x4000_00B1;
    static final long PAGE = 0x8000;
    static final long ENABLE = 1;
    static final long PERIODIC = 2;
    static final long LAZY = 4;
    static final long AUTO_ENABLE = 8;
    static final long DIRECT = 0x1000;

    final Guest guest;

    Timers() {
        this("hv-stimer,hv-synic,hv-time,hv-vpindex");
    }

    Timers(String flags) {
        guest = Guest.with(deployed()).flags(flags).vps(2).start();
        guest.wrmsr(0x4000_0080, 1);
        guest.wrmsr(SIMP, PAGE | 1);
        for (int sint = 1; sint <= 4; sint++) {
            guest.wrmsr(SINT0 + sint, 0x50 + sint);
        }
        // So that a time of 0 is past.
        guest.advance100ns(1000);
    }

    static List<Enlightenment> deployed() {
        return List.of(new VpIndex(), new Time(), new Synic(), new SyntheticTimers());
    }

    static long sint(int number) {
        return (long) number << 16;
    }

    void config(int timer, long value) {
        guest.wrmsr(CONFIG0 + 2 * timer, value);
    }

    long config(int timer) {
        return guest.rdmsr(CONFIG0 + 2 * timer);
    }

    void count(int timer, long value) {
        guest.wrmsr(COUNT0 + 2 * timer, value);
    }

    long count(int timer) {
        return guest.rdmsr(COUNT0 + 2 * timer);
    }

    /** Sets COUNT, then CONFIG. */
    void start(int timer, long count, long config) {
        count(timer, count);
        config(timer, config);
    }

    void endOfMessage() {
        guest.wrmsr(EOM, 0);
    }

    long now() {
        return guest.rdmsr(0x4000_0020);
    }

    void advance(long time100ns) {
        guest.advance100ns(time100ns);
    }

    List<Integer> vectors() {
        return guest.takeInterrupts().stream().map(Interrupt::vector).toList();
    }

    int type(int sint) {
        return guest.memory().getInt(slot(sint));
    }

    long expirationTime(int sint) {
        return guest.memory().getLong(slot(sint) + 24);
    }

    long deliveryTime(int sint) {
        return guest.memory().getLong(slot(sint) + 32);
    }

    int flags(int sint) {
        return guest.memory().getInt(slot(sint) + 4) >>> 8;
    }

    void fill(int sint) {
        guest.poke(slot(sint), "01000000080000000000000000000000aabbccdd");
    }

    void free(int sint) {
        guest.memory().putInt(slot(sint), 0);
    }

    static long slot(int sint) {
        return PAGE + 256L * sint;
    }

    @Override
    public void close() {
        guest.close();
    }
}
