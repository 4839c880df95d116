package hv.explain;

import java.util.List;
import java.util.Optional;

/**
 * An explain file, read: what people want to know of an enlightenment and its descriptor does not say. Immutable.
 *
 * @param costs what the guest or the host pays for it
 * @param sinceQemu first version of QEMU that has the flag; empty if not said
 * @param sinceKvm first version of Linux whose KVM has what the flag needs; empty if not said
 * @param avoid when not to use it; may be empty
 * @param layouts of its registers
 * @param calls of its hypercalls
 */
public record ExplainFile(
        List<String> costs,
        String sinceQemu,
        String sinceKvm,
        List<String> avoid,
        List<Layout> layouts,
        List<CallNotes> calls) {
    /** Longest file that is read. */
    public static final int MAX_BYTES = 1 << 16;

    /** Copies the lists. */
    public ExplainFile {
        costs = List.copyOf(costs);
        avoid = List.copyOf(avoid);
        layouts = List.copyOf(layouts);
        calls = List.copyOf(calls);
    }

    /**
     * Reads the text of a file, as {@code FORMAT.md} describes it.
     *
     * @param name of the file, for messages
     * @throws ExplainFormatException with the line that is wrong
     */
    public static ExplainFile parse(String name, String text) throws ExplainFormatException {
        return new ExplainParser(name).parse(text);
    }

    /** The layout of an MSR, if the file has one. */
    public Optional<Layout> layout(int msr) {
        return layouts.stream().filter(layout -> layout.msrs().containsKey(msr)).findFirst();
    }

    /** The layout of a word that is no MSR, if the file has one. */
    Optional<Layout> word(String name) {
        return layouts.stream().filter(layout -> layout.word().equals(name)).findFirst();
    }

    /** The notes on a call, if the file has some. */
    Optional<CallNotes> call(int code) {
        return calls.stream().filter(call -> call.code() == code).findFirst();
    }
}
