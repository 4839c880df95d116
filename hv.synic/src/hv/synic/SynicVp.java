package hv.synic;

import hv.api.GuestFault;
import hv.api.GuestMemory;
import hv.api.HvStatus;
import hv.api.StateException;
import hv.api.enlightenment.Doorbell;
import hv.api.enlightenment.HypercallHandler;
import hv.api.enlightenment.MsrHandler;
import hv.api.enlightenment.Peers;
import hv.api.enlightenment.StateReader;
import hv.api.enlightenment.StateWriter;
import hv.api.enlightenment.VirtualProcessor;
import hv.api.enlightenment.VpAttachment;
import hv.api.synic.SintListener;
import hv.api.synic.SintMessages;
import java.util.List;

/**
 * One VP's interrupt controller: its registers, and who is told when the guest acknowledges. Timers are told first,
 * then waiting messages of host-side code are tried, which is the order KVM and QEMU have.
 */
final class SynicVp implements VpAttachment, MsrHandler, SintMessages {
    private static final long VERSION = 1;
    private static final int ALL_SINTS = (1 << Sints.COUNT) - 1;
    private static final String SCONTROL = "HV_X64_MSR_SCONTROL";
    private static final String SIEFP = "HV_X64_MSR_SIEFP";
    private static final String SIMP = "HV_X64_MSR_SIMP";
    private static final String SINT = "HV_X64_MSR_SINT";

    /** Answers the registers of a controller that was not promised. */
    private static final MsrHandler INACTIVE = number -> {
        throw GuestFault.GENERAL_PROTECTION;
    };

    private final boolean isActive;
    private final HypercallHandler postMessage;
    private final HypercallHandler signalEvent;
    private final Sints sints;
    private final MessagePage messagePage;
    private final EventPage eventPage;
    private final HostMessages hostMessages;
    private final Doorbell posted;
    private final Peers<SintListener> listeners;

    SynicVp(
            VirtualProcessor vp,
            GuestMemory memory,
            boolean isActive,
            HypercallHandler postMessage,
            HypercallHandler signalEvent) {
        this.isActive = isActive;
        this.postMessage = postMessage;
        this.signalEvent = signalEvent;
        sints = new Sints(vp);
        messagePage = new MessagePage(memory, sints);
        eventPage = new EventPage(memory, sints);
        hostMessages = new HostMessages(messagePage, vp.partition()::listenerFailed);
        posted = vp.doorbell(() -> hostMessages.deliver(ALL_SINTS));
        listeners = vp.peers(SintListener.class);
    }

    @Override
    public MsrHandler msr(int msr) {
        return isActive ? this : INACTIVE;
    }

    @Override
    public HypercallHandler hypercall(int code) {
        return code == Synic.HV_CALL_POST_MESSAGE ? postMessage : signalEvent;
    }

    @Override
    public long read(int msr) {
        return switch (msr) {
            case Synic.HV_X64_MSR_SCONTROL -> eventPage.control();
            case Synic.HV_X64_MSR_SVERSION -> VERSION;
            case Synic.HV_X64_MSR_SIEFP -> eventPage.register();
            case Synic.HV_X64_MSR_SIMP -> messagePage.register();
            case Synic.HV_X64_MSR_EOM -> 0;
            default -> sints.get(msr - Synic.HV_X64_MSR_SINT0);
        };
    }

    @Override
    public void write(int msr, long value) throws GuestFault {
        switch (msr) {
            case Synic.HV_X64_MSR_SCONTROL -> eventPage.control(value);
            case Synic.HV_X64_MSR_SIEFP -> eventPage.register(value);
            case Synic.HV_X64_MSR_SIMP -> {
                messagePage.register(value);
                // Timers wait for EOM, as in KVM; a device that spoke before the guest listened is heard now.
                hostMessages.deliver(ALL_SINTS);
            }
            case Synic.HV_X64_MSR_EOM -> acknowledge(ALL_SINTS);
            default -> sints.write(msr - Synic.HV_X64_MSR_SINT0, value);
        }
    }

    @Override
    public void endOfInterrupt(int vector) {
        int ended = sints.withVector(vector);
        if (ended != 0) {
            acknowledge(ended);
        }
    }

    private void acknowledge(int acknowledged) {
        Peers<SintListener> all = listeners;
        for (int i = 0; i < all.count(); i++) {
            try {
                all.get(i).acknowledged(acknowledged);
            } catch (Throwable e) {
                // The others want to know too, and the guest's EOM has nothing to do with it.
                all.failed(i, e);
            }
        }
        hostMessages.deliver(acknowledged);
    }

    @Override
    public Outcome deliver(
            int sint, int type, int payloadBytes, long first, long second, long third, boolean isRetried) {
        return messagePage.deliver(sint, type, payloadBytes, first, second, third, isRetried);
    }

    @Override
    public void interrupt(int vector) {
        sints.interrupt(vector);
    }

    /** Queues a message. Any thread. */
    int post(int sint, QueuedMessage message) {
        if (!hostMessages.offer(sint, message)) {
            return HvStatus.INSUFFICIENT_BUFFERS;
        }
        posted.ring();
        return HvStatus.SUCCESS;
    }

    /** Sets an event flag. Any thread. */
    int signalEvent(int sint, int flag) {
        return eventPage.signal(sint, flag);
    }

    /** Requests a SINT's interrupt. Any thread. */
    boolean raise(int sint) {
        return sints.raise(sint);
    }

    /** The delivery callbacks of the queued messages, per SINT in order. While the VP is at a safe point. */
    List<List<Runnable>> senders() {
        return hostMessages.senders();
    }

    /** Takes what {@link #senders} of a predecessor gave. */
    void senders(Object predecessors) {
        hostMessages.senders(predecessors);
    }

    @Override
    public void save(StateWriter out) {
        out.put(SCONTROL, eventPage.control());
        out.put(SIEFP, eventPage.register());
        out.put(SIMP, messagePage.register());
        for (int sint = 0; sint < Sints.COUNT; sint++) {
            out.put(SINT + sint, sints.get(sint));
        }
        hostMessages.save(out);
    }

    /**
     * Takes what a guest could have written. The page is not touched: waiting messages are tried at the next drain of
     * the VP.
     */
    @Override
    public void restore(StateReader in) throws StateException {
        long control = in.get(SCONTROL);
        long eventRegister = in.get(SIEFP);
        long messageRegister = in.get(SIMP);
        long[] values = new long[Sints.COUNT];
        boolean isFresh = (control | eventRegister | messageRegister) == 0;
        for (int sint = 0; sint < Sints.COUNT; sint++) {
            values[sint] = in.get(SINT + sint);
            isFresh &= values[sint] == Sints.RESET;
            if (!Sints.isValid(values[sint])) {
                throw new StateException(
                        "%s%d is 0x%x: not masked, and a vector below 16".formatted(SINT, sint, values[sint]));
            }
        }
        List<List<QueuedMessage>> waiting = HostMessages.read(in);
        if (!isActive && !(isFresh && waiting.stream().allMatch(List::isEmpty))) {
            throw new StateException("the controller was used, and this guest has none");
        }
        eventPage.control(control);
        eventPage.register(eventRegister);
        messagePage.register(messageRegister);
        sints.setAll(values);
        hostMessages.replace(waiting);
        posted.ring();
    }

    @Override
    public void reset() {
        eventPage.control(0);
        eventPage.register(0);
        messagePage.register(0);
        sints.reset();
        hostMessages.clear();
    }
}
