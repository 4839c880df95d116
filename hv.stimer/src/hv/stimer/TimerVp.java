package hv.stimer;

import hv.api.GuestFault;
import hv.api.StateException;
import hv.api.enlightenment.Alarm;
import hv.api.enlightenment.MsrHandler;
import hv.api.enlightenment.Peer;
import hv.api.enlightenment.ReferenceClock;
import hv.api.enlightenment.StateReader;
import hv.api.enlightenment.StateWriter;
import hv.api.enlightenment.VirtualProcessor;
import hv.api.enlightenment.VpAttachment;
import hv.api.synic.SintListener;
import hv.api.synic.SintMessages;
import hv.api.synic.SintMessages.Outcome;

/**
 * The four timers of a VP.
 *
 * <p>Whatever may change a timer - a write, its alarm, an acknowledgement - marks it, and {@link #process} then goes
 * over the marked ones in the order of their numbers until none is left, as KVM does before it enters the guest. Here
 * it is done on the spot: the guest is out anyway, and sees no difference. A timer is marked again at most once, by a
 * start in the past.
 *
 * <p>One alarm serves all four: it stands at the earliest due time. It may go off when nothing is due any more; so who
 * is due is looked up here. On the VP's thread.
 */
final class TimerVp implements VpAttachment, MsrHandler, SintListener {
    private static final int HVMSG_TIMER_EXPIRED = 0x8000_0010;
    private static final int PAYLOAD_BYTES = 24;

    /** Until a controller that has failed is asked again: 10 ms. */
    private static final long RETRY_100NS = 100_000;

    private final ReferenceClock clock;
    private final boolean isActive;
    private final boolean takesDirectMode;
    private final Peer<SintMessages> synic;
    private final Alarm alarm;
    private final Timer[] timers = new Timer[SyntheticTimers.TIMERS];

    /** Timers to be looked at, as bits. */
    private int marked;

    /** What the alarm stands at. */
    private long alarmTime = Timer.NEVER;

    TimerVp(VirtualProcessor vp, ReferenceClock clock, boolean isActive, boolean takesDirectMode) {
        this.clock = clock;
        this.isActive = isActive;
        this.takesDirectMode = takesDirectMode;
        synic = vp.peer(SyntheticTimers.SYNIC, SintMessages.class);
        alarm = vp.alarm(this::expireDue);
        for (int i = 0; i < timers.length; i++) {
            timers[i] = new Timer(i);
        }
    }

    @Override
    public MsrHandler msr(int msr) {
        return this;
    }

    @Override
    public long read(int msr) {
        int offset = msr - SyntheticTimers.HV_X64_MSR_STIMER0_CONFIG;
        Timer timer = timers[offset >> 1];
        return (offset & 1) == 0 ? timer.config : timer.count;
    }

    @Override
    public void write(int msr, long value) throws GuestFault {
        if (!isActive) {
            throw GuestFault.GENERAL_PROTECTION;
        }
        int offset = msr - SyntheticTimers.HV_X64_MSR_STIMER0_CONFIG;
        Timer timer = timers[offset >> 1];
        if ((offset & 1) != 0) {
            timer.writeCount(value);
        } else {
            if (!takesDirectMode && (value & Timer.DIRECT_MODE) != 0) {
                throw GuestFault.GENERAL_PROTECTION;
            }
            timer.writeConfig(value);
        }
        if (timer.isEnabled()) {
            mark(timer);
            process();
        }
        setAlarm();
    }

    @Override
    public void acknowledged(int sints) {
        for (Timer timer : timers) {
            if (timer.isMessagePending && !timer.isDirect() && (sints & 1 << timer.sint()) != 0) {
                mark(timer);
            }
        }
        if (marked != 0) {
            process();
            setAlarm();
        }
    }

    /** The alarm has gone off. */
    private void expireDue() {
        alarmTime = Timer.NEVER;
        long now = clock.now100ns();
        for (Timer timer : timers) {
            if (timer.due <= now) {
                timer.due = Timer.NEVER;
                mark(timer);
            }
        }
        process();
        setAlarm();
    }

    private void mark(Timer timer) {
        marked |= 1 << timer.index;
    }

    private void process() {
        while (marked != 0) {
            int pass = marked;
            marked = 0;
            for (int rest = pass; rest != 0; rest &= rest - 1) {
                process(timers[Integer.numberOfTrailingZeros(rest)]);
            }
        }
    }

    private void process(Timer timer) {
        if (!timer.isEnabled()) {
            return;
        }
        if (timer.expirationTime != 0) {
            long now = clock.now100ns();
            if (Long.compareUnsigned(now, timer.expirationTime) >= 0) {
                expire(timer, now);
            }
        }
        if (!timer.isEnabled() || timer.count == 0) {
            timer.stop();
        } else if (!timer.isMessagePending) {
            start(timer);
        }
    }

    private void start(Timer timer) {
        long now = clock.now100ns();
        timer.start(now);
        if (!timer.isPeriodic() && Long.compareUnsigned(now, timer.count) >= 0) {
            timer.due = Timer.NEVER;
            mark(timer);
        }
    }

    private void expire(Timer timer, long now) {
        timer.isMessagePending = !notifyGuest(timer, now);
        if (!timer.isMessagePending && !timer.isPeriodic()) {
            timer.config &= ~Timer.ENABLE;
        }
    }

    /**
     * Whether the guest knows now that the timer has expired, or need not know. A controller that fails is asked again.
     */
    private boolean notifyGuest(Timer timer, long now) {
        try {
            return tellGuest(timer, now);
        } catch (Throwable e) {
            synic.failed(e);
            timer.due = now + RETRY_100NS;
            return false;
        }
    }

    private boolean tellGuest(Timer timer, long now) {
        if (timer.isDirect()) {
            synic.get().interrupt(timer.vector());
            return true;
        }
        boolean isPeriodic = timer.isPeriodic();
        Outcome outcome = synic.get()
                .deliver(
                        timer.sint(),
                        HVMSG_TIMER_EXPIRED,
                        PAYLOAD_BYTES,
                        timer.index,
                        timer.expirationTime,
                        now,
                        !isPeriodic);
        return outcome == Outcome.DELIVERED || outcome == Outcome.SLOT_BUSY && isPeriodic;
    }

    private void setAlarm() {
        long earliest = Timer.NEVER;
        for (Timer timer : timers) {
            earliest = Math.min(earliest, timer.due);
        }
        if (earliest == alarmTime) {
            return;
        }
        alarmTime = earliest;
        if (earliest == Timer.NEVER) {
            alarm.cancel();
        } else {
            alarm.set(earliest);
        }
    }

    @Override
    public void save(StateWriter out) {
        for (Timer timer : timers) {
            timer.save(out);
        }
    }

    /** Takes the timers as they ran. What was due meanwhile expires before the VP enters the guest. */
    @Override
    public void restore(StateReader in) throws StateException {
        Timer[] restored = new Timer[timers.length];
        for (int i = 0; i < restored.length; i++) {
            restored[i] = new Timer(i);
            restored[i].restore(in, isActive, takesDirectMode);
        }
        System.arraycopy(restored, 0, timers, 0, timers.length);
        marked = 0;
        // Reference time may have moved, so even an unchanged due time must be set again.
        alarmTime = Timer.NEVER;
        alarm.cancel();
        setAlarm();
    }

    @Override
    public void reset() {
        for (Timer timer : timers) {
            timer.reset();
        }
        marked = 0;
        setAlarm();
    }
}
