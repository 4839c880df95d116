package hv.netvsc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.testkit.FramePeer;
import hv.testkit.NetvscDriver;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Judged by sums that are made word by word, as RFC 1071 has them, and by lengths and numbers of RFC 791 and 9293. */
@DisplayName("What a guest leaves to its adapter is done before frames reach a socket")
class OffloadTest {
    private static final int ETHERNET = 14;
    private static final int TCP = 20;
    private static final int SEQUENCE = 0xFFFF_F000;

    @TempDir
    private Path folder;

    private final Random random = new Random(9);

    /** A frame of TCP or UDP without sums, as Linux hands it to hv_netvsc. */
    private byte[] frame(boolean isIpv6, boolean isUdp, int bytes, boolean isLarge) {
        int network = isIpv6 ? 40 : 20;
        int transport = isUdp ? 8 : TCP;
        byte[] payload = new byte[bytes];
        random.nextBytes(payload);
        ByteBuffer frame = ByteBuffer.allocate(ETHERNET + network + transport + bytes);
        frame.putShort(12, (short) (isIpv6 ? 0x86DD : 0x0800)).position(ETHERNET);
        if (isIpv6) {
            frame.putInt(0x6000_0000).putShort((short) (isLarge ? 0 : transport + bytes));
            frame.put((byte) (isUdp ? 17 : 6)).put((byte) 64);
            for (int i = 0; i < 4; i++) {
                frame.putLong(random.nextLong());
            }
        } else {
            frame.putShort((short) 0x4500).putShort((short) (isLarge ? 0 : 20 + transport + bytes));
            frame.putInt(0x1234_4000)
                    .put((byte) 64)
                    .put((byte) (isUdp ? 17 : 6))
                    .putShort((short) 0);
            frame.putInt(random.nextInt()).putInt(random.nextInt());
        }
        if (isUdp) {
            frame.putInt(0x1000_2000).putShort((short) (8 + bytes)).putShort((short) 0x5555);
        } else {
            frame.putInt(0x1000_2000)
                    .putInt(SEQUENCE)
                    .putInt(7)
                    .putShort((short) 0x5019)
                    .putShort((short) 500);
            frame.putShort((short) 0x5555).putShort((short) 0);
        }
        return frame.put(payload).array();
    }

    private static byte[] message(byte[] frame, int type, int value) {
        ByteBuffer message = ByteBuffer.allocate(44 + 16 + frame.length).order(ByteOrder.LITTLE_ENDIAN);
        message.putInt(1).putInt(message.capacity()).putInt(36 + 16).putInt(frame.length);
        message.putInt(28, 36).putInt(32, 16);
        message.position(NetvscDriver.HEAD_BYTES);
        return message.putInt(16)
                .putInt(type)
                .putInt(12)
                .putInt(value)
                .put(frame)
                .array();
    }

    private static int sum(byte[] bytes, int from, int to, int start) {
        int sum = start;
        for (int i = from; i < to; i++) {
            sum += (bytes[i] & 0xFF) << ((i - from) % 2 == 0 ? 8 : 0);
            sum = (sum & 0xFFFF) + (sum >>> 16);
        }
        return sum;
    }

    /** That all sums of a frame are right, and its lengths. */
    private static void check(byte[] frame, boolean isIpv6, boolean isUdp) {
        ByteBuffer words = ByteBuffer.wrap(frame);
        int at = ETHERNET + (isIpv6 ? 40 : 20);
        int length = frame.length - at;
        if (isIpv6) {
            assertEquals(length, words.getShort(ETHERNET + 4) & 0xFFFF, "payload length");
        } else {
            assertEquals(frame.length - ETHERNET, words.getShort(ETHERNET + 2) & 0xFFFF, "total length");
            assertEquals(0xFFFF, sum(frame, ETHERNET, at, 0), "the sum of IP's head");
        }
        int pseudo = sum(frame, isIpv6 ? ETHERNET + 8 : ETHERNET + 12, at, (isUdp ? 17 : 6) + length);
        assertEquals(0xFFFF, sum(frame, at, frame.length, pseudo), "the sum of TCP or UDP");
    }

    @ParameterizedTest
    @CsvSource({"false,false,1000", "false,true,1001", "true,false,1003", "true,true,900", "false,false,0"})
    @DisplayName("Sums of TCP and UDP, of IPv4 and IPv6")
    void sums(boolean isIpv6, boolean isUdp, int bytes) throws InterruptedException {
        BlockingQueue<byte[]> heard = new LinkedBlockingQueue<>();
        Path path = folder.resolve("socket");
        try (FramePeer peer = new FramePeer(path, (one, frame) -> heard.add(frame));
                Rig rig = new Rig(Map.of("socket", path.toString()), 1500)) {
            rig.awaitUp();
            byte[] frame = frame(isIpv6, isUdp, bytes, false);
            int word = (isIpv6 ? 2 : 1 | 0x10) | (isUdp ? 8 : 4) | (ETHERNET + (isIpv6 ? 40 : 20)) << 16;
            assertTrue(rig.driver.put(message(frame, 0, word), 0));
            rig.await("it is taken", rig.driver::isIdle);
            byte[] got = heard.poll(1, TimeUnit.MINUTES);
            check(got, isIpv6, isUdp);
            assertEquals(frame.length, got.length);
            assertEquals(1, peer.connections());
        }
    }

    @ParameterizedTest
    @CsvSource({"false,60000,1448", "true,61001,1428", "false,100,64", "true,8961,8960"})
    @DisplayName(
            "A large segment of TCP becomes as many as it takes, each with its numbers, and PSH and FIN at the end")
    void divides(boolean isIpv6, int bytes, int segment) throws InterruptedException {
        BlockingQueue<byte[]> heard = new LinkedBlockingQueue<>();
        Path path = folder.resolve("socket");
        try (FramePeer peer = new FramePeer(path, (one, frame) -> heard.add(frame));
                Rig rig = new Rig(Map.of("socket", path.toString()), 1500)) {
            rig.awaitUp();
            byte[] frame = frame(isIpv6, false, bytes, true);
            int heads = frame.length - bytes;
            int word = segment | (heads - TCP) << 20 | 1 << 30 | (isIpv6 ? 1 << 31 : 0);
            assertTrue(rig.driver.put(message(frame, 2, word), 0));
            rig.await("it is taken", rig.driver::isIdle);
            byte[] all = new byte[bytes];
            for (int done = 0, number = 0; done < bytes; number++) {
                byte[] one = heard.poll(1, TimeUnit.MINUTES);
                check(one, isIpv6, false);
                ByteBuffer words = ByteBuffer.wrap(one);
                int length = one.length - heads;
                assertEquals(Math.min(segment, bytes - done), length);
                assertEquals(SEQUENCE + done, words.getInt(heads - TCP + 4));
                assertEquals(done + length == bytes ? 0x19 : 0x10, words.get(heads - TCP + 13));
                if (!isIpv6) {
                    assertEquals(0x1234 + number, words.getShort(ETHERNET + 4));
                }
                System.arraycopy(one, heads, all, done, length);
                done += length;
            }
            assertArrayEquals(Arrays.copyOfRange(frame, heads, frame.length), all);
            assertEquals(0, rig.driver.refused());
            assertEquals(1, peer.connections());
        }
    }
}
