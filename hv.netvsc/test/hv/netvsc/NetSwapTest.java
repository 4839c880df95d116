package hv.netvsc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.device.GuestDevices;
import hv.api.dto.SwapDTO;
import hv.testkit.FramePeer;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A network adapter is replaced while frames go through it in both directions")
class NetSwapTest {
    private static final int ROUNDS = 300;
    private static final int IN_FLIGHT = 30;

    @TempDir
    private Path folder;

    @Test
    @DisplayName("Every frame arrives once and in its order, and the connection to the other end stays the same")
    void nothingLost() {
        Path path = folder.resolve("socket");
        Random random = new Random(5);
        try (FramePeer peer = FramePeer.echo(path);
                Rig rig = new Rig(Map.of("socket", path.toString()), 9000)) {
            rig.awaitUp();
            int sent = 0;
            int received = 0;
            for (int round = 0; round < ROUNDS; round++) {
                for (int i = random.nextInt(IN_FLIGHT); i >= 0; i--) {
                    byte[] frame = new byte[60 + random.nextInt(8900)];
                    ByteBuffer.wrap(frame).putLong(0, -1).putInt(14, sent);
                    rig.send(frame);
                    sent++;
                }
                SwapDTO row = rig.devices.swap(round % 3 == 2 ? GuestDevices.BUS : Rig.NAME, "");
                assertTrue(row.succeeded(), row::outcome);
                while (received < sent - random.nextInt(IN_FLIGHT)) {
                    assertEquals(received++, ByteBuffer.wrap(rig.receive()).getInt(14));
                }
            }
            while (received < sent) {
                assertEquals(received++, ByteBuffer.wrap(rig.receive()).getInt(14));
            }
            rig.await("everything lent is back", rig.driver::isIdle);
            assertEquals(1, peer.connections());
            assertEquals(sent, rig.network().statistics().get("sent frames").intValue());
            assertEquals(0, rig.network().statistics().get("guest faults"));
        }
    }
}
