package hv.flags;

import java.util.List;

/** Writes an argument of {@code -cpu} in a syntax. Any thread. */
public final class FlagWriter {
    private FlagWriter() {}

    /**
     * Writes all of it.
     *
     * @param cpu flags that were understood, as {@link hv.api.host.Verdict#corrected} has them
     */
    public static Written write(Syntax syntax, String cpu) {
        return switch (syntax) {
            case QEMU -> new Written(cpu, List.of());
            case QEMU_LINE -> new Written("-cpu " + quoted(cpu), List.of());
            case PROXMOX -> new Written("args: -cpu " + quoted(cpu), List.of());
            case LIBVIRT -> new LibvirtWriter(cpu).write();
        };
    }

    /**
     * What is to be added to, or changed in, a text of this syntax, in one line; empty if nothing is.
     *
     * @param change flags as {@link hv.api.Problem#change} has them
     */
    public static String change(Syntax syntax, String change) {
        return syntax == Syntax.LIBVIRT && !change.isEmpty() ? LibvirtWriter.line(change) : change;
    }

    /** For a shell, if it needs that. */
    private static String quoted(String cpu) {
        boolean isPlain =
                !cpu.isEmpty() && cpu.chars().allMatch(c -> Character.isLetterOrDigit(c) || ",=_-+./:".indexOf(c) >= 0);
        return isPlain ? cpu : "'" + cpu.replace("'", "'\\''") + "'";
    }
}
