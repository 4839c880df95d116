package hv.hosted;

import hv.api.GuestMemory;
import hv.api.LocalApic;
import java.util.Optional;

/**
 * The local APIC of one VP: which interrupts are requested (IRR), which are being serviced (ISR), and what may be
 * delivered next.
 *
 * <p>It is in xAPIC mode, software-enabled, and its id is the VP index. A vector's priority class is its upper four
 * bits. A requested vector is delivered when its class is above that of the processor priority: the higher of the task
 * priority and the highest vector in service. Hence vectors 0 to 15 are never delivered. Requests of one vector before
 * its delivery are one. EOI ends the highest vector in service (SDM volume 3, "Advanced Programmable Interrupt
 * Controller"). A vector that was requested with AutoEOI never is in service (TLFS "Virtual Interrupt Controller:
 * SINTx").
 *
 * <p>Whoever plays the CPU calls {@link #accept} where the guest would take an interrupt, and {@link #enterGuest} and
 * {@link #leaveGuest} around what the guest then does without leaving it. In between, and only then, bit 0 of the
 * exit-less EOI word may be set: when an interrupt has been taken, none is requested, and none is nested; what the
 * guest has cleared on leaving is its EOI (TLFS "Virtual Processors: Virtual Processor Assist Page").
 *
 * <p>Interrupts are requested from any thread; everything else happens on the VP's thread.
 */
public final class HostedApic implements LocalApic {
    private static final int NO_EOI_REQUIRED = 1;
    private static final int CLASS = 0xF0;

    /** Itself, so that a host that is asked for it allocates nothing. */
    final Optional<LocalApic> present = Optional.of(this);

    private final ApicBus bus;
    private final int vp;
    private final GuestMemory memory;
    private final int tprMask;
    private final VectorSet requested = new VectorSet();
    private final VectorSet autoEoi = new VectorSet();
    private final VectorSet inService = new VectorSet();

    private int taskPriority;
    private long command;
    private long eoiWord;
    private boolean isLatestInService;
    private boolean hasOfferedEoi;

    /**
     * An APIC as it is after reset, its software-enable bit set.
     *
     * @param tprMask which bits of the task priority survive: on AMD it travels through CR8, which has only the upper
     *     four
     */
    HostedApic(ApicBus bus, int vp, GuestMemory memory, int tprMask) {
        this.bus = bus;
        this.vp = vp;
        this.memory = memory;
        this.tprMask = tprMask;
    }

    /** Sets a bit of IRR; vectors below 16 stay there for ever. Any thread. */
    void request(int vector, boolean isAutoEoi) {
        if (isAutoEoi) {
            autoEoi.add(vector);
        }
        requested.add(vector);
    }

    /**
     * Takes the highest vector that may be delivered now: the guest's interrupt handler starts.
     *
     * @return the vector, 16 to 255, or -1 if no interrupt waits
     */
    public int accept() {
        int vector = requested.highest();
        if ((vector & CLASS) <= (processorPriority() & CLASS) || vector < 0) {
            return -1;
        }
        requested.remove(vector);
        if (!autoEoi.remove(vector)) {
            inService.add(vector);
            isLatestInService = true;
        }
        return vector;
    }

    private int processorPriority() {
        return Math.max(taskPriority, Math.max(inService.highest(), 0));
    }

    /** The guest goes on: offers it to skip the next EOI, if that may be. */
    public void enterGuest() {
        if (eoiWord != 0 && isLatestInService && requested.highest() < 0 && memory.isRam(eoiWord, Integer.BYTES)) {
            memory.getAndBitwiseOrInt(eoiWord, NO_EOI_REQUIRED);
            hasOfferedEoi = true;
        }
    }

    /** The guest has stopped: withdraws the offer, or does the EOI if it was used. */
    public void leaveGuest() {
        if (!hasOfferedEoi) {
            return;
        }
        hasOfferedEoi = false;
        if ((memory.getAndBitwiseAndInt(eoiWord, ~NO_EOI_REQUIRED) & NO_EOI_REQUIRED) == 0) {
            eoi();
        }
    }

    /** Ends the highest interrupt in service and tells the partition; nothing happens if none is. */
    @Override
    public void eoi() {
        int vector = inService.highest();
        if (vector >= 0) {
            inService.remove(vector);
            // Only the interrupt taken last can be ended without an exit; an outer one needs a real EOI.
            isLatestInService = false;
            bus.ended(vp, vector);
        }
    }

    @Override
    public long icr() {
        return command;
    }

    @Override
    public void icr(long value) {
        command = InterruptCommand.stored(value);
        bus.send(vp, new InterruptCommand(command));
    }

    @Override
    public int tpr() {
        return taskPriority;
    }

    @Override
    public void tpr(int value) {
        taskPriority = value & tprMask;
    }

    @Override
    public boolean exitlessEoi(long gpa) {
        if (gpa != 0 && !isEoiWord(gpa)) {
            return false;
        }
        leaveGuest();
        eoiWord = gpa;
        return true;
    }

    private boolean isEoiWord(long gpa) {
        return gpa % Integer.BYTES == 0 && memory.isRam(gpa, Integer.BYTES);
    }

    /** Whether {@code vector}, 0 to 255, waits in IRR. Any thread. */
    public boolean isRequested(int vector) {
        return requested.contains(vector);
    }

    /** Whether {@code vector}, 0 to 255, is in ISR. */
    public boolean isInService(int vector) {
        return inService.contains(vector);
    }

    /** Brings it back to its state after reset, software-enabled. */
    public void reset() {
        requested.clear();
        autoEoi.clear();
        inService.clear();
        taskPriority = 0;
        command = 0;
        eoiWord = 0;
        isLatestInService = false;
        hasOfferedEoi = false;
    }

    /** Its registers now. Only while nobody plays the VP, as the two below. */
    ApicState state() {
        return new ApicState(
                requested.toArray(),
                autoEoi.toArray(),
                inService.toArray(),
                taskPriority,
                command,
                eoiWord,
                isLatestInService,
                hasOfferedEoi);
    }

    /** Whether the registers hold what this APIC could hold. */
    boolean takes(ApicState state) {
        return (state.taskPriority() & ~tprMask) == 0
                && InterruptCommand.stored(state.command()) == state.command()
                && (state.eoiWord() == 0 ? !state.hasOfferedEoi() : isEoiWord(state.eoiWord()));
    }

    void restore(ApicState state) {
        requested.set(state.requested());
        autoEoi.set(state.autoEoi());
        inService.set(state.inService());
        taskPriority = (int) state.taskPriority();
        command = state.command();
        eoiWord = state.eoiWord();
        isLatestInService = state.isLatestInService();
        hasOfferedEoi = state.hasOfferedEoi();
    }
}
