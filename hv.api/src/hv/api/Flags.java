package hv.api;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The flags of a guest, read: the words of an argument of QEMU's {@code -cpu}, one by one, in the order in which they
 * were given.
 *
 * <p>Whoever has flags as text reads it once, with {@code hv.flags}, and hands this value on. What a word means is said
 * by the partition service; which word counts when several have the same name is said here, because everybody has to
 * agree about it. Immutable; any thread. {@link #toString} is the argument again.
 *
 * @param words all words, those that have no effect included
 */
public record Flags(List<Word> words) {
    /** No flags at all. */
    public static final Flags NONE = new Flags(List.of());

    /** To be added to others: the guest gets nothing but what it is promised ({@code hv-enforce-cpuid}). */
    public static final Flags ENFORCE_CPUID = of(Word.on("hv-enforce-cpuid"));

    private static final Set<String> YES = Set.of("on", "yes", "true", "y");
    private static final Set<String> NO = Set.of("off", "no", "false", "n");

    /** Copies the list. */
    public Flags {
        words = List.copyOf(words);
    }

    /** Flags of single words. */
    public static Flags of(Word... words) {
        return new Flags(List.of(words));
    }

    /** These flags with others behind them. */
    public Flags with(Flags later) {
        List<Word> all = new ArrayList<>(words);
        all.addAll(later.words);
        return new Flags(all);
    }

    /** Whether there is no word. */
    public boolean isEmpty() {
        return words.isEmpty();
    }

    /**
     * The words that count: of those with the same name, as in QEMU, the last one with {@code -}, or else the last one
     * with {@code +}, or else the last one. In the order in which these were given.
     */
    public List<Word> inEffect() {
        Map<String, Word> counting = new LinkedHashMap<>();
        for (Word word : words) {
            Word before = counting.get(word.name());
            if (before == null || before.sign().compareTo(word.sign()) <= 0) {
                counting.remove(word.name());
                counting.put(word.name(), word);
            }
        }
        return List.copyOf(counting.values());
    }

    /** The word that counts of those with this name. */
    public Optional<Word> find(String name) {
        return inEffect().stream().filter(word -> word.name().equals(name)).findFirst();
    }

    /** Whether the word that counts of those with this name switches something on. */
    public boolean isOn(String name) {
        return find(name).filter(Word::isOn).isPresent();
    }

    @Override
    public String toString() {
        return words.stream().map(Word::toString).collect(Collectors.joining(","));
    }

    /** What stands before a word. A later constant wins over an earlier one. */
    public enum Sign {
        /** Nothing. */
        NONE(""),
        /** A plus switches on. */
        PLUS("+"),
        /** A minus switches off. */
        MINUS("-");

        private final String text;

        Sign(String text) {
            this.text = text;
        }
    }

    /**
     * One word.
     *
     * @param sign what stands before it
     * @param spelling its name as it was written, perhaps with underscores
     * @param value the text behind {@code =}; empty if there is no {@code =}
     */
    public record Word(Sign sign, String spelling, Optional<String> value) {
        /** Checks for nulls. */
        public Word {
            Objects.requireNonNull(sign, "sign");
            Objects.requireNonNull(spelling, "spelling");
            Objects.requireNonNull(value, "value");
        }

        /** The spelling decides: code that looks into everything would be made at the first use, and a start wait. */
        @Override
        public int hashCode() {
            return spelling.hashCode();
        }

        /** A word that switches something on. */
        public static Word on(String name) {
            return new Word(Sign.NONE, name, Optional.empty());
        }

        /** A word that switches something off. */
        public static Word off(String name) {
            return of(name, "off");
        }

        /** A word with a value. */
        public static Word of(String name, String value) {
            return new Word(Sign.NONE, name, Optional.of(value));
        }

        /** The name with dashes, as flags are known. */
        public String name() {
            return spelling.replace('_', '-');
        }

        /** The text behind {@code =}, or {@code on} or {@code off} for a word that has a sign or no {@code =}. */
        public String setting() {
            return switch (sign) {
                case PLUS -> "on";
                case MINUS -> "off";
                case NONE -> value.orElse("on");
            };
        }

        /** Whether it switches something on, in one of the spellings that QEMU knows. */
        public boolean isOn() {
            return YES.contains(setting());
        }

        /** Whether it switches something off, in one of the spellings that QEMU knows. */
        public boolean isOff() {
            return NO.contains(setting());
        }

        /** Whether there is neither a sign nor a value, so that it may be the model of a CPU. */
        public boolean isBare() {
            return sign == Sign.NONE && value.isEmpty();
        }

        /** Whether its name is one of those that QEMU keeps for Hyper-V, or is meant to be. */
        public boolean isHyperV() {
            String name = name().toLowerCase(Locale.ROOT);
            return name.equals("hv") || name.startsWith("hv-") || name.startsWith("x-hv-");
        }

        @Override
        public String toString() {
            return sign.text + spelling + value.map(text -> "=" + text).orElse("");
        }
    }
}
