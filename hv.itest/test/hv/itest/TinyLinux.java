package hv.itest;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** A kernel of a few instructions in a file of Linux's form: prints its command line, and reports success. */
final class TinyLinux {
    private static final byte[] CODE = HexFormat.of()
            .parseHex(String.join(
                    "",
                    "8bb628020000", // mov esi,[rsi+0x228]: the command line's address
                    "66baf803", // mov dx,0x3F8
                    "ac" + "84c0" + "7403" + "ee" + "ebf8", // loop: lodsb; test al,al; jz +3; out dx,al; jmp loop
                    "31c0" + "e7f4" + "f4")); // xor eax,eax; out 0xF4,eax; hlt

    private static final int SETUP_BYTES = 1024;
    private static final int ENTRY_64 = 0x200;
    private static final int SIZE = 0x400;

    private TinyLinux() {}

    /** A bzImage that is entered at its 64-bit entry point, since nobody knows how its payload is packed. */
    static byte[] bzImage() {
        ByteBuffer b = ByteBuffer.allocate(SETUP_BYTES + SIZE).order(ByteOrder.LITTLE_ENDIAN);
        b.put(0x1F1, (byte) 1).putInt(0x1F4, SIZE / 16).putShort(0x1FE, (short) 0xAA55);
        b.put(0x200, (byte) 0xEB).put(0x201, (byte) 0x6A).putInt(0x202, 0x5372_6448); // jmp; "HdrS"
        b.putShort(0x206, (short) 0x20F).put(0x211, (byte) 1).putInt(0x22C, 0x7FFF_FFFF);
        b.putInt(0x230, 0x20_0000).put(0x234, (byte) 1).putShort(0x236, (short) 1);
        b.putInt(0x238, 2047); // longest command line
        b.putInt(0x248, ENTRY_64 + CODE.length).putInt(0x24C, 16);
        b.putLong(0x258, 0x20_0000).putInt(0x260, 0x10_0000);
        b.position(SETUP_BYTES + ENTRY_64).put(CODE).put("no known payload".getBytes(StandardCharsets.US_ASCII));
        return b.array();
    }
}
