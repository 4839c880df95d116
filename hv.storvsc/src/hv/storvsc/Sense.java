package hv.storvsc;

/**
 * Why a command was not done, as SCSI says it: a key, and an additional code with its qualifier (SPC, tables of sense
 * keys and additional sense codes), packed into one number so that a request carries it without an object.
 */
final class Sense {
    /** There is nothing to say. */
    static final int NONE = 0;

    /** The logical unit is becoming ready: Linux tries again for minutes. */
    static final int BECOMING_READY = of(2, 0x04, 0x01);

    static final int READ_ERROR = of(3, 0x11, 0x00);
    static final int WRITE_ERROR = of(3, 0x0C, 0x00);
    static final int PARAMETER_LENGTH = of(5, 0x1A, 0x00);
    static final int UNKNOWN_COMMAND = of(5, 0x20, 0x00);
    static final int OUT_OF_RANGE = of(5, 0x21, 0x00);
    static final int BAD_FIELD = of(5, 0x24, 0x00);
    static final int NO_SUCH_UNIT = of(5, 0x25, 0x00);
    static final int CAPACITY_CHANGED = of(6, 0x2A, 0x09);
    static final int WRITE_PROTECTED = of(7, 0x27, 0x00);

    /** The host has no room for it: Linux reports ENOSPC. */
    static final int SPACE_EXHAUSTED = of(7, 0x27, 0x07);

    /** How long it is in the answer to a request. */
    static final int BYTES = 20;

    private static final int CURRENT_FIXED = 0x70;
    private static final int KEY_AT = 2;
    private static final int MORE_AT = 7;
    private static final int CODE_AT = 12;
    private static final int QUALIFIER_AT = 13;

    private Sense() {}

    static int of(int key, int code, int qualifier) {
        return key << 16 | code << 8 | qualifier;
    }

    /** Writes it in the fixed format. */
    static void put(int sense, byte[] to, int at) {
        java.util.Arrays.fill(to, at, at + BYTES, (byte) 0);
        to[at] = (byte) CURRENT_FIXED;
        to[at + KEY_AT] = (byte) (sense >>> 16);
        to[at + MORE_AT] = (byte) (BYTES - MORE_AT - 1);
        to[at + CODE_AT] = (byte) (sense >>> 8);
        to[at + QUALIFIER_AT] = (byte) sense;
    }
}
