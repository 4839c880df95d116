package hv.vmbus;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A guest's half of the pairs' protocol: what Linux' driver (hv_kvp.c) and its program (hv_kvp_daemon.c) do. */
final class KvpDaemon {
    static final int NO_MORE = 0x8007_0103;
    static final int FAILED = 0x8000_4005;
    private static final int BODY = HvUtils.BODY;

    final HvUtils driver;

    /** Pools 0 to 4. */
    final List<Map<String, String>> pools = new ArrayList<>();

    /** Addresses by MAC address, as the program finds them in /sys/class/net. */
    final Map<String, String> addresses = new LinkedHashMap<>();

    boolean isRunning = true;

    /** How often a value was set. */
    int sets;

    KvpDaemon(Wire wire) {
        driver = new HvUtils(wire, 2);
        for (int i = 0; i < 5; i++) {
            pools.add(new LinkedHashMap<>());
        }
    }

    /** Answers all that is asked now; gives how many requests that were. */
    int serve() {
        int served = 0;
        for (ByteBuffer asked = driver.next(); asked != null; asked = driver.next()) {
            serve(asked);
            served++;
        }
        return served;
    }

    void serve(ByteBuffer asked) {
        driver.answer(asked, isRunning ? done(asked) : FAILED);
    }

    private int done(ByteBuffer asked) {
        Map<String, String> pool = pools.get(asked.get(BODY + 1));
        int operation = asked.get(BODY);
        if (operation == 4) {
            assertEquals(7428, driver.sizeOf(asked));
            return addresses(asked);
        }
        assertEquals(2580, driver.sizeOf(asked));
        return switch (operation) {
            case 1 -> set(asked, pool);
            case 2 -> pool.remove(text(asked, BODY + 8, asked.getInt(BODY + 4))) == null ? NO_MORE : 0;
            case 3 -> enumerate(asked, List.copyOf(pool.entrySet()));
            default -> throw new AssertionError("operation " + operation);
        };
    }

    private int set(ByteBuffer asked, Map<String, String> pool) {
        assertEquals(1, asked.getInt(BODY + 4), "a string");
        sets++;
        pool.put(text(asked, BODY + 16, asked.getInt(BODY + 8)), text(asked, BODY + 16 + 512, asked.getInt(BODY + 12)));
        return 0;
    }

    private static int enumerate(ByteBuffer asked, List<Map.Entry<String, String>> pool) {
        int index = asked.getInt(BODY + 4);
        if (index >= pool.size()) {
            return NO_MORE;
        }
        Map.Entry<String, String> pair = pool.get(index);
        asked.putInt(BODY + 8, 1);
        asked.putInt(BODY + 12, put(asked, BODY + 20, pair.getKey()));
        asked.putInt(BODY + 16, put(asked, BODY + 20 + 512, pair.getValue()));
        return 0;
    }

    private int addresses(ByteBuffer asked) {
        String found = addresses.get(text(asked, BODY + 2, 256));
        if (found == null) {
            return FAILED;
        }
        put(asked, BODY + 260, found);
        return 0;
    }

    static int put(ByteBuffer to, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_16LE);
        to.put(at, bytes);
        return bytes.length + 2;
    }

    /** The text of so many bytes, of which the last two are a NUL, or up to the first NUL. */
    private static String text(ByteBuffer from, int at, int bytes) {
        byte[] some = new byte[bytes];
        from.get(at, some);
        String text = new String(some, StandardCharsets.UTF_16LE);
        int end = text.indexOf(0);
        return end < 0 ? text : text.substring(0, end);
    }
}
