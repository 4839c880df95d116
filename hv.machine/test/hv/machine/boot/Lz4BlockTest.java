package hv.machine.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class Lz4BlockTest {
    private static int unpack(String hex, byte[] out) {
        byte[] block = HexFormat.of().parseHex(hex);
        return new Lz4Block(block, 0, block.length).unpack(out);
    }

    private static String unpacked(String hex) {
        byte[] out = new byte[1000];
        int length = unpack(hex, out);
        return length < 0 ? "damaged" : new String(out, 0, length, StandardCharsets.US_ASCII);
    }

    @Test
    @DisplayName("A block that the lz4 tool made: a match that reaches into itself repeats, literals end the block")
    void madeByTheTool() {
        assertEquals("a".repeat(111) + "b the end\n", unpacked("1f6101005ba0622074686520656e640a"));
    }

    @Test
    @DisplayName("A length of 15 goes on in further bytes until one is not 255")
    void longLengths() {
        assertEquals("x".repeat(15), unpacked("f000" + "78".repeat(15)));
        assertEquals("x".repeat(270), unpacked("f0ff00" + "78".repeat(270)));
        assertEquals("x" + "x".repeat(19) + "y", unpacked("1f" + "78" + "0100" + "00" + "10" + "79"));
    }

    @Test
    @DisplayName("A match from further back than its length is copied at once, and overlapping ones byte by byte")
    void matches() {
        String text = "0123456789abcdefghijklmn";
        String hex = HexFormat.of().formatHex(text.getBytes(StandardCharsets.US_ASCII));
        assertEquals(text + text.substring(0, 20) + "!", unpacked("ff09" + hex + "1800" + "01" + "1021"));
        assertEquals(text + "lmnlmnl" + "!", unpacked("f309" + hex + "0300" + "1021"));
    }

    @Test
    @DisplayName("An offset of 0 or before the begin, lengths behind the end, no literals at the end: damaged")
    void damaged() {
        for (String hex : new String[] {
            "",
            "1061" + "0000",
            "1061" + "0200" + "1061",
            "20" + "61",
            "f0",
            "f0ff",
            "f0ffff",
            "1061" + "01",
            "1f61" + "0100",
            "1f61" + "0100ff",
            "1061" + "0100"
        }) {
            assertEquals("damaged", unpacked(hex), hex);
        }
    }

    @Test
    @DisplayName("What does not fit is damaged; the part that fits is there if a part is wanted")
    void fits() {
        assertEquals(-1, unpack("1f6101005ba0622074686520656e640a", new byte[120]));
        assertEquals(121, unpack("1f6101005ba0622074686520656e640a", new byte[121]));
        byte[] block = HexFormat.of().parseHex("1f6101005ba0622074686520656e640a");
        for (int room = 0; room < 125; room++) {
            byte[] out = new byte[room];
            int length = new Lz4Block(block, 0, block.length).unpackPart(out);
            assertEquals(Math.min(room, 121), length);
            assertEquals(
                    ("a".repeat(111) + "b the end\n").substring(0, length),
                    new String(out, 0, length, StandardCharsets.US_ASCII));
        }
    }

    @Test
    @DisplayName("Random bytes end in a length or in damage, never in an exception")
    void random() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        byte[] out = new byte[300];
        for (int round = 0; round < 100_000; round++) {
            byte[] block = new byte[random.nextInt(40)];
            random.nextBytes(block);
            int length = new Lz4Block(block, 0, block.length).unpack(out);
            assertTrue(length >= -1 && length <= out.length, () -> "seed " + seed);
        }
    }
}
