package hv.netvsc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.vmbus.DeviceSite;
import hv.testkit.FramePeer;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A network adapter with a stream socket behind it")
class NetvscTest {
    private static final int MTU = 9000;

    @TempDir
    private Path folder;

    private final Random random = new Random(3);

    private Path path() {
        return folder.resolve("socket");
    }

    private Map<String, String> socket() {
        return Map.of("socket", path().toString());
    }

    /** To everybody, so that no filter keeps it. */
    private byte[] frame(int length) {
        byte[] frame = new byte[length];
        random.nextBytes(frame);
        ByteBuffer.wrap(frame).putInt(0, -1).putShort(4, (short) -1).putShort(12, (short) 0x88B5);
        return frame;
    }

    @Test
    @DisplayName("Frames of all lengths up to the MTU go out and come back as they were, from sections and from pages")
    void allLengths() {
        try (FramePeer peer = FramePeer.echo(path());
                Rig rig = new Rig(socket(), MTU)) {
            rig.awaitUp();
            for (int length = 14; length <= MTU + 14; length += 1 + random.nextInt(60)) {
                byte[] frame = frame(length);
                rig.send(frame);
                assertArrayEquals(frame, rig.receive());
            }
            rig.await("everything lent is back", rig.driver::isIdle);
            assertEquals(0, rig.driver.refused());
            assertEquals(0, rig.network().statistics().get("guest faults"));
            assertEquals(1, peer.connections());
        }
    }

    @Test
    @DisplayName("A frame that is longer than the guest has said it gets is passed over, and one to others too")
    void passedOver() {
        try (FramePeer peer = FramePeer.echo(path());
                Rig rig = new Rig(socket(), 1500)) {
            rig.awaitUp();
            peer.send(frame(9000));
            byte[] toOthers = frame(100);
            toOthers[0] = 2;
            peer.send(toOthers);
            byte[] wanted = frame(60);
            peer.send(wanted);
            assertArrayEquals(wanted, rig.receive());
            assertEquals(2, rig.network().statistics().get("received dropped"));
        }
    }

    @Test
    @DisplayName("When the other end goes away the guest's cable is unplugged, and plugged in when it is back")
    void vanishes() {
        try (Rig rig = new Rig(socket(), 1500)) {
            assertFalse(rig.network().isUp());
            FramePeer first = FramePeer.echo(path());
            rig.await("the guest is told", () -> Boolean.TRUE.equals(rig.driver.isUp()));
            first.close();
            rig.await("the guest is told", () -> Boolean.FALSE.equals(rig.driver.isUp()));
            rig.send(frame(100));
            rig.await("a frame to nowhere is done with", rig.driver::isIdle);
            try (FramePeer second = FramePeer.echo(path())) {
                rig.await("the guest is told", () -> Boolean.TRUE.equals(rig.driver.isUp()));
                byte[] frame = frame(200);
                rig.send(frame);
                assertArrayEquals(frame, rig.receive());
                second.sendRaw(new byte[] {-1, -1, -1, -1, 0});
                rig.await("what is no frame ends the connection", () -> second.connections() == 2);
            }
        }
    }

    @Test
    @DisplayName("The host pulls the cable, and puts another network behind the adapter")
    void changed() {
        Path other = folder.resolve("other");
        try (FramePeer peer = FramePeer.echo(path());
                FramePeer next = FramePeer.echo(other);
                Rig rig = new Rig(socket(), 1500)) {
            rig.await("the guest is told", () -> rig.network().isUp() && peer.connections() == 1);
            rig.network().plug(false);
            rig.await("the guest is told", () -> Boolean.FALSE.equals(rig.driver.isUp()));
            rig.network().plug(true);
            rig.await("the guest is told", () -> Boolean.TRUE.equals(rig.driver.isUp()));
            rig.network().attach("socket=" + other);
            rig.await(
                    "the other one is there",
                    () -> next.connections() == 1 && rig.network().isUp());
            byte[] frame = frame(300);
            rig.send(frame);
            assertArrayEquals(frame, rig.receive());
            rig.network().attach("");
            rig.await("the guest is told", () -> Boolean.FALSE.equals(rig.driver.isUp()));
            assertEquals("", rig.network().backend());
            assertThrows(IllegalArgumentException.class, () -> rig.network().attach("bridge"));
        }
    }

    @Test
    @DisplayName("What cannot be asked for is refused with a word on what can")
    void refused() {
        NetvscKind kind = new NetvscKind();
        for (Map<String, String> options : List.of(
                Map.of("mac", "01:00:00:00:00:00"),
                Map.of("mac", "52:54"),
                Map.of("mtu", "70000"),
                Map.of("socket", ""),
                Map.of("socket", "/" + "x".repeat(200)),
                Map.of("tap", "../etc"),
                Map.of("tap", "a", "socket", "b"),
                Map.of("user", "root"))) {
            String said = assertThrows(
                            IllegalArgumentException.class, () -> kind.create(new DeviceSite("net0", options)))
                    .getMessage();
            assertFalse(said.contains("\n"));
            assertTrue(said.matches(".*(takes|is one of).*"), said);
        }
    }
}
