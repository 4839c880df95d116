package hv.api.host;

import hv.api.Flags;
import java.util.List;
import java.util.Objects;

/**
 * A set of flags that has a name, made from what is deployed and what the host can. Given by
 * {@link Hypervisor#profiles}. Immutable.
 *
 * @param name as {@code windows-nested}
 * @param purpose one sentence: for whom it is
 * @param flags the flags
 * @param reasons why each deployed enlightenment is in it or left out, in the order of their flags
 */
public record Profile(String name, String purpose, Flags flags, List<Reason> reasons) {
    /** Copies the list and checks for nulls. */
    public Profile {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(purpose, "purpose");
        Objects.requireNonNull(flags, "flags");
        reasons = List.copyOf(reasons);
    }

    /**
     * Why an enlightenment is in a profile, or is not.
     *
     * @param flag its flag, as {@code hv-stimer}
     * @param isTaken whether it is in
     * @param why part of a sentence, the flag being its subject
     */
    public record Reason(String flag, boolean isTaken, String why) {
        /** Checks for nulls. */
        public Reason {
            Objects.requireNonNull(flag, "flag");
            Objects.requireNonNull(why, "why");
        }
    }
}
