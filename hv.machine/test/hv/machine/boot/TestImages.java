package hv.machine.boot;

import hv.machine.CrashAction;
import hv.machine.MachineSpec;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Images made by hand, and machine specs for them. */
public final class TestImages {
    static final int LOAD = 0x10_0000;
    public static final long MIB = 1 << 20;

    private static final int HEADERS = 52 + 2 * 32;
    /** Where the code of {@link #multiboot} is in the file; the Multiboot header is in front of it. */
    static final int CODE_OFFSET = HEADERS + 12;

    private TestImages() {}

    /** An ELF32 file with one segment: Multiboot header, {@code code}, then zeros up to {@code memoryBytes}. */
    public static byte[] multiboot(byte[] code, int memoryBytes) {
        int fileBytes = HEADERS + 12 + code.length;
        ByteBuffer b = ByteBuffer.allocate(fileBytes).order(ByteOrder.LITTLE_ENDIAN);
        b.put(new byte[] {0x7F, 'E', 'L', 'F', 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0});
        b.putShort((short) 2).putShort((short) 3).putInt(1); // ET_EXEC, EM_386
        b.putInt(LOAD + CODE_OFFSET).putInt(52).putInt(0).putInt(0); // entry, phoff, shoff, flags
        b.putShort((short) 52).putShort((short) 32).putShort((short) 2); // ehsize, phentsize, phnum
        b.putShort((short) 40).putShort((short) 0).putShort((short) 0);
        programHeader(b, 1, 0, LOAD, fileBytes, Math.max(memoryBytes, fileBytes));
        programHeader(b, 0x6474_E551, 0, 0, 0, 0); // PT_GNU_STACK, to be passed over
        b.putInt(0x1BAD_B002).putInt(0).putInt(-0x1BAD_B002);
        b.put(code);
        return b.array();
    }

    private static void programHeader(ByteBuffer b, int type, int offset, int gpa, int fileBytes, int memoryBytes) {
        b.putInt(type).putInt(offset).putInt(gpa).putInt(gpa);
        b.putInt(fileBytes).putInt(memoryBytes).putInt(7).putInt(4096);
    }

    /** A flat payload: header, then {@code code}. */
    public static byte[] flat(byte[] code) {
        ByteBuffer b = ByteBuffer.allocate(16 + code.length);
        b.put(new byte[] {(byte) 0xEB, 0x0E, 0, 0, 0, 0, 0, 0});
        b.put("HVFLAT64".getBytes(StandardCharsets.US_ASCII));
        b.put(code);
        return b.array();
    }

    public static MachineSpec spec(byte[] image) {
        return spec(image, new byte[0], "", new ByteArrayOutputStream());
    }

    public static MachineSpec spec(byte[] image, byte[] module, String commandLine, OutputStream serial) {
        return new MachineSpec(
                "hv-vpindex", 1, 16 * MIB, image, "guests/test.img", module, commandLine, serial, CrashAction.CONTINUE);
    }

    static BootSpec boot(byte[] image) {
        return boot(image, new byte[0], "");
    }

    /** For a machine of one VP and 16 MiB. */
    static BootSpec boot(byte[] image, byte[] module, String commandLine) {
        return new BootSpec(GuestFile.of(image), "guests/test.img", GuestFile.of(module), commandLine, 1, 16 * MIB);
    }

    public static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }
}
