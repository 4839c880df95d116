package hv.partition;

import hv.api.Descriptor;
import hv.partition.failure.Failures;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** Tells whose an MSR, a call or a stack is, so that a failure is told of the right enlightenment. Slow, and for that only. Any thread. */
final class Owners implements Failures.Suspects {
    private static final String OUR_ROOM = Owners.class.getPackageName() + ".";

    /** Where a VP's thread goes into enlightenments. */
    private static final Set<String> BOUNDARIES =
            Set.of(VpImpl.class.getName(), Mailbox.class.getName(), PartitionImpl.class.getName());

    private final List<Slot> slots;

    Owners(List<Slot> slots) {
        this.slots = slots;
    }

    @Override
    public String ofMsr(int msr) {
        return first(descriptor -> descriptor.msrs().stream().anyMatch(range -> range.contains(msr)));
    }

    @Override
    public String ofCall(int code) {
        return first(descriptor -> descriptor.hypercalls().stream().anyMatch(spec -> spec.code() == code));
    }

    private String first(Predicate<Descriptor> owns) {
        for (Slot slot : slots) {
            if (owns.test(slot.descriptor())) {
                return slot.id();
            }
        }
        return HypercallMsrs.ID;
    }

    /**
     * A frame is an enlightenment's whose component is in the same package or in one around it; of several the nearest. What is outside of
     * the call into an enlightenment is the VMM's.
     */
    @Override
    public String innermost(StackTraceElement[] stack, String asked) {
        for (StackTraceElement frame : stack) {
            if (BOUNDARIES.contains(frame.getClassName())) {
                return asked;
            }
            String owner = ofClass(frame.getClassName(), asked);
            if (owner != null) {
                return owner;
            }
        }
        return asked;
    }

    private String ofClass(String name, String asked) {
        String owner = null;
        int longest = 0;
        for (Slot slot : slots) {
            String room = slot.room();
            boolean isNearer = room.length() > longest
                    || room.length() == longest && slot.id().equals(asked);
            if (isNearer && name.startsWith(room) && !room.equals(OUR_ROOM)) {
                owner = slot.id();
                longest = room.length();
            }
        }
        return owner;
    }
}
