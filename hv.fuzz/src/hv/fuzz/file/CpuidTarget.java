package hv.fuzz.file;

import hv.api.CpuidRegister;
import hv.api.CpuidTable;
import hv.api.Flags;
import hv.explain.CpuidDump;
import hv.explain.CpuidReading;
import hv.explain.FlagGuess;
import hv.fuzz.target.Effort;
import hv.fuzz.target.Finding;
import hv.fuzz.target.Product;
import hv.fuzz.target.Target;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Locale;
import java.util.Set;

/**
 * A dump of CPUID as some tool wrote it. Has to hold: a refusal is one line; written again, the dump is read as before;
 * and the flags that are guessed make leaves for which the same flags are guessed.
 */
public final class CpuidTarget implements Target {
    private static final int MOST_MILLIS = 2_000;
    private static final int MOST_BYTES = 64 << 20;

    private final Product product;
    private final Effort effort = new Effort();

    /** With the flags of everything deployed. */
    public CpuidTarget(Product product) {
        this.product = product;
    }

    @Override
    public int run(byte[] input) throws IOException {
        effort.begin();
        judge(input);
        effort.end("a dump of %d bytes".formatted(input.length), MOST_MILLIS, MOST_BYTES);
        return 1;
    }

    private void judge(byte[] input) throws IOException {
        CpuidDump dump;
        try {
            dump = CpuidDump.read(new ByteArrayInputStream(input));
        } catch (IllegalArgumentException e) {
            OneLine.check("refusal", e.getMessage());
            return;
        }
        dump.remarks().forEach(remark -> OneLine.check("remark", remark));
        CpuidDump again = CpuidDump.parse(text(dump));
        if (!again.leaves().equals(dump.leaves()) || !again.registers().equals(dump.registers())) {
            throw new Finding("%s is read as %s when it is written again".formatted(dump, again));
        }
        FlagGuess guess = guess(dump);
        if (guess.verdict().starts() && !guess.verdict().cpuid().leaves().isEmpty()) {
            Set<Flags.Word> flags = words(guess);
            Set<Flags.Word> second =
                    words(guess(CpuidDump.parse(text(guess.verdict().cpuid()))));
            if (!second.equals(flags)) {
                throw new Finding("%s is guessed, and of what it makes %s".formatted(flags, second));
            }
        }
    }

    /** The order of flags means nothing. */
    private static Set<Flags.Word> words(FlagGuess guess) {
        return Set.copyOf(guess.verdict().flags().words());
    }

    private FlagGuess guess(CpuidDump dump) {
        FlagGuess guess = FlagGuess.of(dump, product.enlightenments(), product.hypervisor());
        guess.remarks().forEach(remark -> OneLine.check("remark", remark));
        guess.missing(dump, product.enlightenments()).forEach(remark -> OneLine.check("remark", remark));
        CpuidReading.of(
                        dump.leaves(),
                        guess.verdict().cpuid(),
                        guess.verdict().flags(),
                        guess.verdict().enabled(),
                        product.enlightenments())
                .lines()
                .forEach(line -> OneLine.check("reading", line.value() + " " + line.origin()));
        return guess;
    }

    private static String text(CpuidTable leaves) {
        StringBuilder text = new StringBuilder();
        for (CpuidTable.Leaf leaf : leaves.leaves()) {
            text.append("0x%08x 0x00: eax=0x%08x ebx=0x%08x ecx=0x%08x edx=0x%08x%n"
                    .formatted(leaf.leaf(), leaf.eax(), leaf.ebx(), leaf.ecx(), leaf.edx()));
        }
        return text.toString();
    }

    /** The registers that a dump has, and no others. */
    private static String text(CpuidDump dump) {
        StringBuilder text = new StringBuilder();
        for (CpuidTable.Leaf leaf : dump.leaves().leaves()) {
            text.append("0x%08x 0x00:".formatted(leaf.leaf()));
            for (CpuidRegister register : CpuidRegister.values()) {
                if ((dump.registers().get(leaf.leaf()) & 1 << register.ordinal()) != 0) {
                    text.append(" %s=0x%08x"
                            .formatted(
                                    register.name().toLowerCase(Locale.ROOT),
                                    dump.leaves().get(leaf.leaf(), register)));
                }
            }
            text.append('\n');
        }
        return text.toString();
    }
}
