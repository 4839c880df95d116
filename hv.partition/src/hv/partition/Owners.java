package hv.partition;

import hv.api.enlightenment.Descriptor;
import hv.partition.failure.Failures;
import hv.partition.places.Place;
import hv.partition.vp.HypercallMsrs;
import hv.partition.vp.Mailbox;
import hv.partition.vp.VpImpl;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Tells whose an MSR, a call or a stack is, so that a failure is told of the right enlightenment. Slow, and for that
 * only. Any thread.
 */
final class Owners implements Failures.Suspects {
    private static final String OUR_ROOM = Owners.class.getPackageName() + ".";

    /** Where a VP's thread goes into enlightenments. */
    private static final Set<String> BOUNDARIES =
            Set.of(VpImpl.class.getName(), Mailbox.class.getName(), PartitionImpl.class.getName());

    private final List<Place> places;

    Owners(List<Place> places) {
        this.places = places;
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
        for (Place place : places) {
            if (owns.test(place.descriptor())) {
                return place.id();
            }
        }
        return HypercallMsrs.ID;
    }

    /**
     * A frame is an enlightenment's whose component is in the same package or in one around it; of several the nearest.
     * What is outside of the call into an enlightenment is the VMM's.
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
        for (Place place : places) {
            String room = place.room();
            boolean isNearer = room.length() > longest
                    || room.length() == longest && place.id().equals(asked);
            if (isNearer && name.startsWith(room) && !room.equals(OUR_ROOM)) {
                owner = place.id();
                longest = room.length();
            }
        }
        return owner;
    }
}
