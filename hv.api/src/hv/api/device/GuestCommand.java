package hv.api.device;

import hv.api.dto.PlaceDTO;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * What operators' commands about a device of a guest have in common: how they are used, what was typed behind them,
 * the guest they are about, how its answer is waited for, and how its own words are shown. Held by a command, which is
 * an OSGi service of a device's bundle with the properties {@code osgi.command.scope=hv} and
 * {@code osgi.command.function=VERB}. Immutable; any thread.
 *
 * @param verb its name without the scope
 * @param usage what is typed behind it
 * @param purpose one sentence
 * @param example a whole line as it is typed behind {@code ./hv}
 * @param options the options with a value, beside {@code --partition}
 * @param switches the options without
 */
public record GuestCommand(
        String verb, String usage, String purpose, String example, List<String> options, List<String> switches) {
    /** Which guest is meant. */
    public static final String PARTITION = "--partition";

    private static final String HELP = "--help";
    private static final String OPTION = "--";
    private static final int LONGEST_WORD = 40;
    private static final int LONGEST_REASON = 200;

    /** What moves a cursor, turns the direction of writing, ends a line, or is half a character. */
    private static final Pattern INVISIBLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Cs}]");

    /** Copies the lists. */
    public GuestCommand {
        options = List.copyOf(options);
        switches = List.copyOf(switches);
    }

    /**
     * What was typed.
     *
     * @param words all that are no options, in their order
     * @param options the options with their values; of a switch the value is empty
     */
    public record Typed(List<String> words, Map<String, String> options) {
        /** Copies both. */
        public Typed {
            words = List.copyOf(words);
            options = Map.copyOf(options);
        }

        /** Whether an option was given. */
        public boolean has(String option) {
            return options.containsKey(option);
        }

        /** Without the first word. */
        public Typed rest() {
            return new Typed(words.subList(1, words.size()), options);
        }
    }

    /**
     * What a guest offers.
     *
     * @param partition the number of its partition
     * @param service one of the interfaces of this package
     */
    public record Offered<T>(int partition, T service) {}

    /** A command cannot do what was typed. The message is one line that says what is wrong. */
    private static final class Refusal extends IllegalArgumentException {
        private static final long serialVersionUID = 1L;

        Refusal(String message) {
            super(message);
        }

        /** The console prints this in front of a failed command's line. */
        @Override
        public String toString() {
            return getMessage();
        }
    }

    /** The guest does not do it. The message is one line that says why. */
    private static final class Failure extends IllegalStateException {
        private static final long serialVersionUID = 1L;

        Failure(String message, Throwable cause) {
            super(message, cause);
        }

        @Override
        public String toString() {
            return getMessage();
        }
    }

    /**
     * Reads what was typed.
     *
     * @return empty if help was asked for: it has been printed, and the command does nothing else
     * @throws IllegalArgumentException if an option is not one of the command's
     */
    public Optional<Typed> read(String... typed) {
        if (List.of(typed).contains(HELP)) {
            System.out.println("usage: " + verb + " " + usage + "\n  " + purpose + "\nexample: ./hv " + example);
            return Optional.empty();
        }
        List<String> words = new ArrayList<>();
        Map<String, String> found = new HashMap<>();
        for (int i = 0; i < typed.length; i++) {
            int equals = typed[i].indexOf('=');
            String name = equals < 0 ? typed[i] : typed[i].substring(0, equals);
            if (!name.startsWith(OPTION)) {
                words.add(typed[i]);
            } else if (switches.contains(typed[i])) {
                found.put(name, "");
            } else if (!options.contains(name) && !name.equals(PARTITION)) {
                throw refuse("does not know '" + word(typed[i]) + "'");
            } else if (equals >= 0) {
                found.put(name, typed[i].substring(equals + 1));
            } else if (i + 1 < typed.length) {
                found.put(name, typed[++i]);
            } else {
                throw refuse("needs a value behind " + name);
            }
        }
        return Optional.of(new Typed(words, found));
    }

    /** The first word is a partition if it is a number; then it is taken for {@code --partition}. */
    public Typed partitionFirst(Typed typed) {
        if (typed.words().isEmpty() || !typed.words().get(0).matches("[0-9]+")) {
            return typed;
        }
        if (typed.has(PARTITION)) {
            throw refuse("takes one partition");
        }
        Map<String, String> named = new HashMap<>(typed.options());
        named.put(PARTITION, typed.words().get(0));
        return new Typed(typed.rest().words(), named);
    }

    /** For a command that takes no words, or no more of them. */
    public void end(Typed typed) {
        if (!typed.words().isEmpty()) {
            throw refuse("does not know what to do with '" + word(typed.words().get(0)) + "'");
        }
    }

    /** What is thrown for what cannot be used: one line, with how the command is used. */
    public IllegalArgumentException refuse(String problem) {
        return new Refusal("%s %s; usage: %s %s".formatted(verb, problem, verb, usage));
    }

    /** What is thrown when the guest does not do it: one line that says why. */
    public IllegalStateException failed(String why) {
        return new Failure(verb + ": " + why, null);
    }

    /**
     * A number that was typed, 1 to {@code most}.
     *
     * @throws IllegalArgumentException if it is another
     */
    public int number(String what, String text, int most) {
        if (text.matches("[0-9]{1,9}")) {
            int number = Integer.parseInt(text);
            if (number >= 1 && number <= most) {
                return number;
            }
        }
        throw refuse("takes a number from 1 to %d for %s, not '%s'".formatted(most, what, word(text)));
    }

    /**
     * Finds the guest that is meant: the one of {@code --partition}, or the only one that has such a device.
     *
     * @param devices null if there is no such service
     * @param kind of the device that offers it, as {@code shutdown}
     * @throws IllegalArgumentException if there is none, or there are several
     */
    public <T> Offered<T> find(Devices devices, Typed typed, Class<T> type, String kind) {
        String wanted = typed.options().get(PARTITION);
        int id = wanted == null ? 0 : number(PARTITION, wanted, Integer.MAX_VALUE);
        List<GuestDevices> guests = devices == null ? List.of() : devices.all();
        if (guests.isEmpty()) {
            throw new Refusal(verb + ": no running guest has devices");
        }
        List<Offered<T>> found = new ArrayList<>();
        for (GuestDevices guest : guests) {
            if (wanted == null || guest.partition() == id) {
                offered(guest, type, kind).ifPresent(service -> found.add(new Offered<>(guest.partition(), service)));
            }
        }
        if (found.isEmpty()) {
            throw new Refusal("%s: %s has a %s device"
                    .formatted(verb, wanted == null ? "no running guest" : "no partition " + id, kind));
        }
        if (found.size() > 1) {
            throw refuse("needs to be told which guest, as in " + PARTITION + " "
                    + found.get(0).partition());
        }
        return found.get(0);
    }

    /** Of a device that nobody is in the place of at the moment only its kind is known. */
    private static <T> Optional<T> offered(GuestDevices guest, Class<T> type, String kind) {
        return guest.all().stream()
                .filter(device -> device.state() == PlaceDTO.State.IN_PLACE
                        || device.kind().equals(kind))
                .map(device -> guest.service(device.name(), type))
                .flatMap(Optional::stream)
                .findFirst();
    }

    /**
     * Asks a guest's device for something.
     *
     * @throws IllegalStateException if nobody is in the device's place, with the reason in one line
     */
    public <T> T ask(Supplier<T> question) {
        try {
            return question.get();
        } catch (IllegalStateException e) {
            throw new Failure(verb + ": " + shown(String.valueOf(e.getMessage()), LONGEST_REASON), e);
        }
    }

    /**
     * Asks a guest, and waits for it.
     *
     * @param most how long
     * @return what it says; empty if it has said nothing in that time, or null
     * @throws IllegalStateException if it cannot be asked, with the reason in one line
     */
    public <T> Optional<T> await(Supplier<CompletableFuture<T>> question, Duration most) {
        CompletableFuture<T> answer = ask(question);
        try {
            return Optional.ofNullable(answer.get(most.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } catch (ExecutionException e) {
            throw new Failure(verb + ": " + shown(String.valueOf(e.getCause().getMessage()), LONGEST_REASON), e);
        }
    }

    /** A guest's own words as they may appear on a terminal: one line, cut at {@code longest} characters. */
    public static String shown(String text, int longest) {
        String start = text;
        if (text.length() > longest) {
            int end = Character.isHighSurrogate(text.charAt(longest - 1)) ? longest - 1 : longest;
            start = text.substring(0, end) + "...";
        }
        return INVISIBLE.matcher(start).replaceAll("?");
    }

    private static String word(String typed) {
        return shown(typed, LONGEST_WORD);
    }
}
