package hv.api;

import java.util.Objects;

/**
 * Something wrong, or worth knowing, about a set of flags.
 *
 * @param severity how bad it is
 * @param flag the flag it is about
 * @param reason one sentence: what is wrong
 * @param remedy one sentence: what to write instead; empty if there is nothing to do
 * @param change the same for programs: flags that put it right when they are given after the others, as
 *     {@code hv-synic} or {@code hv-evmcs=off}; empty if no flags can
 */
public record Problem(Severity severity, String flag, String reason, String remedy, String change) {
    /** From worst to harmless. */
    public enum Severity {
        /** The partition cannot be built. */
        WILL_NOT_START,
        /** It starts, and the guest is likely to go wrong. */
        GUEST_MISBEHAVES,
        /** The guest cannot be saved or moved to another host. */
        BLOCKS_MIGRATION,
        /** It works, slower than it could. */
        SLOWER,
        /** Good to know. */
        NOTE
    }

    /** Checks for nulls. */
    public Problem {
        Objects.requireNonNull(severity, "severity");
        Objects.requireNonNull(flag, "flag");
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(remedy, "remedy");
        Objects.requireNonNull(change, "change");
    }

    /** One that no flags put right, or not for certain. */
    public Problem(Severity severity, String flag, String reason, String remedy) {
        this(severity, flag, reason, remedy, "");
    }

    @Override
    public String toString() {
        return remedy.isEmpty() ? reason : reason + "; " + remedy;
    }
}
