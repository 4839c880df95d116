package hv.netvsc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Judged by the host's kernel, which takes nothing whose sums are wrong, and by passt. */
@DisplayName("A network adapter with the host's own networks behind it")
class HostNetworksTest {
    private static final String INTERFACE = "hvtest0";
    private static final int OFFLOAD_UDP = 1 | 8 | 0x10 | 34 << 16;

    private static boolean run(String line) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(line.split(" "))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return process.waitFor(1, TimeUnit.MINUTES) && process.exitValue() == 0;
    }

    private static boolean isInstalled(String program) {
        return Arrays.stream(System.getenv("PATH").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    /** A datagram of 198.51.100.2 to 198.51.100.1 or everybody, with no sums in it. */
    private static byte[] datagram(byte[] to, long from, String source, String target, int ports, byte[] data) {
        ByteBuffer frame = ByteBuffer.allocate(42 + data.length);
        frame.put(to).putShort((short) (from >>> 32)).putInt((int) from).putShort((short) 0x0800);
        frame.putShort((short) 0x4500)
                .putShort((short) (28 + data.length))
                .putInt(0)
                .put((byte) 64)
                .put((byte) 17);
        frame.putShort((short) 0)
                .put(HexFormat.of().parseHex(source))
                .put(HexFormat.of().parseHex(target));
        return frame.putInt(ports)
                .putShort((short) (8 + data.length))
                .putShort((short) 0)
                .put(data)
                .array();
    }

    private static byte[] message(byte[] frame) {
        ByteBuffer message = ByteBuffer.allocate(60 + frame.length).order(ByteOrder.LITTLE_ENDIAN);
        message.putInt(1)
                .putInt(message.capacity())
                .putInt(52)
                .putInt(frame.length)
                .putInt(28, 36)
                .putInt(32, 16);
        message.position(44);
        return message.putInt(16)
                .putInt(0)
                .putInt(12)
                .putInt(OFFLOAD_UDP)
                .put(frame)
                .array();
    }

    @Test
    @DisplayName("Through a TAP the kernel answers, takes what it has to sum itself, and its removal unplugs the cable")
    void tap() throws IOException, InterruptedException {
        assumeTrue(
                isInstalled("ip") && run("ip tuntap add dev %s mode tap".formatted(INTERFACE)),
                "skipped: no TAP can be made here (that takes /dev/net/tun, iproute2 and the right to)");
        try {
            run("ip addr add 198.51.100.1/24 dev " + INTERFACE);
            run("ip link set %s up".formatted(INTERFACE));
            try (Rig rig = new Rig(Map.of("tap", INTERFACE, "mac", "52:54:00:00:00:02"), 1500);
                    DatagramSocket socket = new DatagramSocket(5000, InetAddress.getByName("198.51.100.1"))) {
                rig.awaitUp();
                byte[] host = hostAddress(rig);
                byte[] data = "summed by the kernel".getBytes(StandardCharsets.US_ASCII);
                byte[] frame = datagram(host, 0x5254_0000_0002L, "c6336402", "c6336401", 0x1388_1388, data);
                assertTrue(rig.driver.put(message(frame), 0));
                DatagramPacket got = new DatagramPacket(new byte[100], 100);
                socket.setSoTimeout(60_000);
                socket.receive(got);
                assertArrayEquals(data, Arrays.copyOf(got.getData(), got.getLength()));
                run("ip link del " + INTERFACE);
                rig.await("the cable is unplugged", () -> {
                    rig.driver.poll();
                    rig.driver.send(frame);
                    return Boolean.FALSE.equals(rig.driver.isUp());
                });
                run("ip tuntap add dev %s mode tap".formatted(INTERFACE));
                run("ip link set %s up".formatted(INTERFACE));
                rig.await("it is back", () -> Boolean.TRUE.equals(rig.driver.isUp()));
            }
        } finally {
            run("ip link del " + INTERFACE);
        }
    }

    /** Asks who has 198.51.100.1, as often as it takes. */
    private static byte[] hostAddress(Rig rig) {
        ByteBuffer question = ByteBuffer.allocate(42);
        question.putShort((short) -1)
                .putInt(-1)
                .put(HexFormat.of().parseHex("525400000002"))
                .putShort((short) 0x0806);
        question.putShort((short) 1)
                .putShort((short) 0x0800)
                .putShort((short) 0x0604)
                .putShort((short) 1);
        question.put(HexFormat.of().parseHex("525400000002c6336402000000000000c6336401"));
        byte[][] found = new byte[1][];
        rig.await("the host's address", () -> {
            rig.driver.send(question.array());
            for (byte[] frame = rig.driver.receive(); frame != null; frame = rig.driver.receive()) {
                ByteBuffer words = ByteBuffer.wrap(frame);
                if (words.getShort(12) == 0x0806 && words.getShort(20) == 2) {
                    found[0] = Arrays.copyOfRange(frame, 22, 28);
                }
            }
            return found[0] != null;
        });
        return found[0];
    }

    @Test
    @DisplayName("passt gives the guest an address by DHCP")
    void passt() {
        assumeTrue(isInstalled("passt"), "skipped: passt is not installed (apt-get install passt)");
        try (Rig rig = new Rig(Map.of("user", "on", "mac", "52:54:00:00:00:02"), 1500)) {
            rig.awaitUp();
            ByteBuffer discover = ByteBuffer.allocate(300);
            discover.putInt(0x0101_0600).putInt(0x1234_5678).putInt(0x0000_8000);
            discover.position(28).put(HexFormat.of().parseHex("525400000002"));
            discover.position(236).putInt(0x6382_5363).put(HexFormat.of().parseHex("350101ff"));
            byte[] all = {-1, -1, -1, -1, -1, -1};
            byte[] frame = datagram(all, 0x5254_0000_0002L, "00000000", "ffffffff", 0x0044_0043, discover.array());
            byte[][] offer = new byte[1][];
            int[] tries = new int[1];
            rig.await("an offer", () -> {
                if (tries[0]++ % 10_000 == 0) {
                    rig.driver.put(message(frame), 0);
                }
                byte[] heard = rig.driver.receive();
                boolean isOffer = heard != null
                        && heard.length > 282
                        && ByteBuffer.wrap(heard).getInt(34) == 0x0043_0044;
                offer[0] = isOffer ? heard : offer[0];
                return isOffer;
            });
            assertEquals(0x1234_5678, ByteBuffer.wrap(offer[0]).getInt(46), "to this question");
            assertTrue(ByteBuffer.wrap(offer[0]).getInt(58) != 0, "an address");
        }
    }
}
