package hv.kvp;

import hv.api.StateException;
import hv.api.device.GuestPairs;
import hv.api.enlightenment.StateReader;
import hv.api.enlightenment.StateWriter;
import hv.api.vmbus.Answers;
import hv.api.vmbus.IntegrationService;
import hv.api.vmbus.VmbusChannel;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Pairs of keys and values that host and guest keep for each other.
 *
 * <p>What the guest sees: a device of kind a9a0f4e7-5a45-4d96-b827-8a841e8c03e6, for which Linux has hv_utils and a
 * program, hv_kvp_daemon. Without that program it does not answer the question about versions, for as long as it takes.
 * Its pairs are in pools: what the host gives is in pool 0, and in the guest a file; what programs in the guest tell is
 * in pool 1; name, system and addresses are in pool 2, which the program makes anew for each question.
 *
 * <p>How it works: one request at a time. What a host wants goes first; otherwise pools and adapters are read, every
 * thirty seconds or when somebody asks ({@link Round}). A guest that leaves a request unanswered for a minute (Linux
 * itself gives up after half of it) is asked for its versions anew.
 */
final class Kvp extends IntegrationService implements GuestPairs {
    private static final UUID KIND = UUID.fromString("a9a0f4e7-5a45-4d96-b827-8a841e8c03e6");
    private static final UUID INSTANCE = UUID.fromString("242ff919-07db-4180-9c2e-b86cb68c8c55");
    private static final int TYPE = 2;
    private static final int MOST_WAITING = 64;
    private static final long PERIOD_100NS = 300_000_000;
    private static final long PATIENCE_100NS = 600_000_000;
    private static final String NO_PROGRAM = "the guest has no program for pairs, or that has not begun yet";
    private static final String CLOSED = "the guest has closed the channel";
    private static final String NO_ANSWER = "the guest does not answer";
    private static final String TOO_MANY = "%d earlier ones wait for the guest".formatted(MOST_WAITING);

    // Names in states, and of what is handed over.
    private static final String ASKED = "asked";
    private static final String WISHES = "wishes";
    private static final String WISH = "wish";
    private static final String ANSWERS = "answers";
    private static final String READERS = "readers";
    private static final String PAIRS = "pairs";
    private static final String ADDRESSES = "addresses";

    private final List<String> adapters;
    private final AtomicReference<VmbusChannel> open = new AtomicReference<>();
    private final ArrayBlockingQueue<Wish> wishes = new ArrayBlockingQueue<>(MOST_WAITING);
    private final ArrayBlockingQueue<CompletableFuture<Void>> readers = new ArrayBlockingQueue<>(MOST_WAITING);
    private volatile Heard heard = Heard.NOTHING;

    /** The wish that the guest owes an answer to; null if it is asked for something else, or nothing. */
    private Wish asked;

    /** What is being read; null if nothing is. */
    private Round round;

    private final List<CompletableFuture<Void>> readersOfRound = new ArrayList<>();
    private long nextAt;
    private long askedAt;

    /**
     * One for a guest.
     *
     * @param adapters MAC addresses in capital letters, with colons
     */
    Kvp(List<String> adapters) {
        super(KIND, INSTANCE, TYPE, KvpMessage.ADDRESSES_BYTES, List.of(0x4_0000, 0x3_0000, 0x1_0000));
        this.adapters = List.copyOf(adapters);
    }

    @Override
    public boolean isPossible() {
        return open.get() != null;
    }

    @Override
    public Map<String, String> guest() {
        return heard.pairs();
    }

    @Override
    public Map<String, String> addresses() {
        return heard.addresses();
    }

    @Override
    public Map<String, String> facts() {
        return Map.of(
                "program", isPossible() ? "answers" : "none",
                "name", heard.pairs().getOrDefault("FullyQualifiedDomainName", "unknown"),
                "system", heard.pairs().getOrDefault("OSName", "unknown"));
    }

    @Override
    public CompletableFuture<Integer> set(String key, String value) {
        check("key", key, 1, KvpMessage.MOST_KEY_CHARS);
        if (value != null) {
            check("value", value, 0, KvpMessage.MOST_VALUE_CHARS);
        }
        byte[] body = value == null ? KvpMessage.delete(key) : KvpMessage.set(key, value);
        CompletableFuture<Integer> answer = new CompletableFuture<>();
        submit(wishes, new Wish(body, answer), answer);
        return answer;
    }

    private static void check(String what, String text, int least, int most) {
        if (text.length() < least || text.length() > most || text.indexOf(0) >= 0) {
            throw new IllegalArgumentException(
                    "a %s has %d to %d characters, and no NUL among them".formatted(what, least, most));
        }
    }

    @Override
    public CompletableFuture<Void> refresh() {
        CompletableFuture<Void> reader = new CompletableFuture<>();
        submit(readers, reader, reader);
        return reader;
    }

    private <T> void submit(ArrayBlockingQueue<T> queue, T entry, CompletableFuture<?> waiting) {
        VmbusChannel channel = open.get();
        if (channel == null) {
            Answers.fail(waiting, NO_PROGRAM);
        } else if (!queue.offer(entry)) {
            Answers.fail(waiting, TOO_MANY);
        } else {
            // Closed meanwhile: the entry is not for whoever opens the channel next.
            if (open.get() == null && queue.remove(entry)) {
                Answers.fail(waiting, CLOSED);
            }
            channel.wake();
        }
    }

    @Override
    protected void ready(int spoken) {
        nextAt = now100ns();
        askedAt = nextAt;
        open.set(channel());
    }

    @Override
    protected void due() {
        if (!isReady()) {
            return;
        }
        long now = now100ns();
        if (isAsking()) {
            waitFor(now);
            return;
        }
        asked = wishes.poll();
        if (asked != null) {
            ask(asked.body(), now);
            return;
        }
        if (round == null && (now >= nextAt || !readers.isEmpty())) {
            nextAt = now + PERIOD_100NS;
            round = new Round(adapters);
            readers.drainTo(readersOfRound);
        }
        if (round != null) {
            ask(round.request(), now);
        } else {
            wakeAt(nextAt);
        }
    }

    private void ask(byte[] body, long now) {
        askedAt = now;
        ask(body);
        wakeAt(now + PATIENCE_100NS);
    }

    private void waitFor(long now) {
        if (now - askedAt < PATIENCE_100NS) {
            wakeAt(askedAt + PATIENCE_100NS);
        } else {
            forget(NO_ANSWER);
            beginAnew();
        }
    }

    @Override
    protected void answered(int status, ByteBuffer answer) {
        Wish told = asked;
        asked = null;
        if (told != null) {
            Answers.complete(told.answer(), status);
        } else if (round != null) {
            round.take(status, answer);
            if (round.isDone()) {
                finish();
            }
        }
    }

    private void finish() {
        if (round.hasHeard()) {
            heard = round.heard();
            readersOfRound.forEach(reader -> Answers.complete(reader, null));
        } else {
            readersOfRound.forEach(reader -> Answers.fail(reader, "the guest's program does not work"));
        }
        readersOfRound.clear();
        round = null;
    }

    /** Nobody gets what he waits for. */
    private void forget(String why) {
        open.set(null);
        wishesInOrder().forEach(wish -> Answers.fail(wish.answer(), why));
        readersInOrder().forEach(reader -> Answers.fail(reader, why));
        left();
    }

    private List<Wish> wishesInOrder() {
        List<Wish> all = new ArrayList<>();
        if (asked != null) {
            all.add(asked);
        }
        all.addAll(wishes);
        return all;
    }

    private List<CompletableFuture<Void>> readersInOrder() {
        List<CompletableFuture<Void>> all = new ArrayList<>(readersOfRound);
        all.addAll(readers);
        return all;
    }

    /** A round is not saved: it begins anew. Nor is what it has told, which may be long. */
    @Override
    protected void saveService(StateWriter out) {
        List<Wish> all = wishesInOrder();
        out.put(ASKED, asked == null ? 0 : 1);
        out.put(WISHES, all.size());
        for (int i = 0; i < all.size(); i++) {
            out.put(WISH + i, all.get(i).body());
        }
    }

    @Override
    protected void restoreService(StateReader in) throws StateException {
        boolean isAsked = saved(in, ASKED, 0, isAsking() ? 1 : 0) == 1;
        int count = saved(in, WISHES, isAsked ? 1 : 0, MOST_WAITING + (isAsked ? 1 : 0));
        List<Wish> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] body = in.bytes(WISH + i);
            if (!KvpMessage.isWish(body)) {
                throw new StateException(WISH + i + " is no wish");
            }
            all.add(new Wish(body, new CompletableFuture<>()));
        }
        put(isAsked, all);
    }

    private void put(boolean isAsked, List<Wish> all) {
        wishes.clear();
        asked = isAsked ? all.remove(0) : null;
        wishes.addAll(all);
    }

    @Override
    public Map<String, Object> handOver() {
        return Map.of(
                ANSWERS, wishesInOrder().stream().map(Wish::answer).toList(),
                READERS, readersInOrder(),
                PAIRS, heard.pairs(),
                ADDRESSES, heard.addresses());
    }

    @Override
    @SuppressWarnings("unchecked")
    public void takeOver(Map<String, Object> handedOver) {
        if (handedOver.get(ANSWERS) instanceof List<?> answers) {
            List<Wish> all = wishesInOrder();
            for (int i = 0; i < Math.min(answers.size(), all.size()); i++) {
                if (answers.get(i) instanceof CompletableFuture<?> answer) {
                    all.set(i, new Wish(all.get(i).body(), (CompletableFuture<Integer>) answer));
                }
            }
            put(asked != null, all);
        }
        if (handedOver.get(READERS) instanceof List<?> waiting) {
            for (Object reader : waiting) {
                if (reader instanceof CompletableFuture<?> one && !readers.offer((CompletableFuture<Void>) one)) {
                    Answers.fail(one, TOO_MANY);
                }
            }
        }
        if (handedOver.get(PAIRS) instanceof Map<?, ?> pairs
                && handedOver.get(ADDRESSES) instanceof Map<?, ?> addresses) {
            heard = new Heard((Map<String, String>) pairs, (Map<String, String>) addresses);
        }
    }

    @Override
    public void left() {
        open.set(null);
        wishes.clear();
        readers.clear();
        readersOfRound.clear();
        asked = null;
        round = null;
    }

    @Override
    protected void ended() {
        forget(CLOSED);
        heard = Heard.NOTHING;
    }
}
