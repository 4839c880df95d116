package hv.snapshot;

import java.util.HashMap;
import java.util.Map;

/**
 * What the state sections of one file come to, counted while they are read or written, before each thing is kept:
 * bytes, sections, and names, of which equal ones are kept once. Used by one thread.
 */
final class StateBudget {
    private final long mostBytes;
    private final int mostSections;
    private final int mostNames;
    private final Map<String, String> different = new HashMap<>();
    private long bytes;
    private int sections;
    private int names;

    /** For a machine of {@code vps} VPs. */
    StateBudget(int vps) {
        mostBytes = Bounds.stateBytes(vps);
        mostSections = Bounds.sections(vps);
        mostNames = Bounds.names(vps);
    }

    /** A section begins, with {@code payloadBytes}. */
    void section(int payloadBytes) throws FormatException {
        bytes += payloadBytes;
        sections++;
        if (bytes > mostBytes) {
            throw new FormatException(
                    "the state of the whole file is too long: more than %d bytes".formatted(mostBytes));
        }
        if (sections > mostSections) {
            throw new FormatException("the whole file has more than %d sections of state".formatted(mostSections));
        }
    }

    /** The name of a value or of a byte string; returns the one that is kept for all that are equal. */
    String name(String name) throws FormatException {
        names++;
        if (names > mostNames) {
            throw new FormatException("the whole file has more than %d values and byte strings".formatted(mostNames));
        }
        return once(name);
    }

    /** A name, or the id of a section. */
    String once(String name) throws FormatException {
        String kept = different.putIfAbsent(name, name);
        if (different.size() > Bounds.DIFFERENT_NAMES) {
            throw new FormatException(
                    "the whole file has more than %d different names".formatted(Bounds.DIFFERENT_NAMES));
        }
        return kept == null ? name : kept;
    }
}
