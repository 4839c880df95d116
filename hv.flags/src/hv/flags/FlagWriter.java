package hv.flags;

import hv.api.Flags;

/** Writes flags in a syntax. Any thread. */
public final class FlagWriter {
    private FlagWriter() {}

    /**
     * Writes all of them.
     *
     * @param flags that were understood, as {@link hv.api.host.Verdict#corrected} has them
     */
    public static Written write(Syntax syntax, Flags flags) {
        return syntax.format().write(flags);
    }

    /**
     * What is to be added to, or changed in, a text of this syntax, in one line; empty if nothing is.
     *
     * @param change flags as {@link hv.api.Problem#change} has them
     */
    public static String change(Syntax syntax, Flags change) {
        return syntax.format().change(change);
    }
}
