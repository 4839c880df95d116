package hv.guest;

import hv.api.GuestMemory;

/**
 * Guest memory as the operations of a part reach it: an address outside RAM ends the part.
 *
 * @param ram the guest's RAM
 */
record PartMemory(GuestMemory ram) {
    long load(Operation operation, long gpa) throws PartFailure {
        return switch (operation) {
            case LOAD64 -> ram.getLong(checked(gpa, Long.BYTES));
            case LOAD32 -> Integer.toUnsignedLong(ram.getInt(checked(gpa, Integer.BYTES)));
            case LOAD16 -> {
                byte[] bytes = bytes(gpa, Short.BYTES);
                yield bytes[0] & 0xFF | (bytes[1] & 0xFF) << 8;
            }
            case LOAD8 -> bytes(gpa, 1)[0] & 0xFF;
            default -> throw new AssertionError(operation);
        };
    }

    void store(Operation operation, long gpa, long value) throws PartFailure {
        switch (operation) {
            case STORE64 -> ram.putLong(checked(gpa, Long.BYTES), value);
            case STORE32 -> ram.putInt(checked(gpa, Integer.BYTES), (int) value);
            case STORE16 ->
                ram.write(checked(gpa, Short.BYTES), new byte[] {(byte) value, (byte) (value >>> 8)}, 0, Short.BYTES);
            case STORE8 -> ram.write(checked(gpa, 1), new byte[] {(byte) value}, 0, 1);
            default -> throw new AssertionError(operation);
        }
    }

    /** Changes 32 bits atomically and gives what was there. */
    long change(Operation operation, long gpa, long mask) throws PartFailure {
        checked(gpa, Integer.BYTES);
        if (gpa % Integer.BYTES != 0) {
            throw new PartFailure("address 0x%x is not a multiple of 4".formatted(gpa));
        }
        return Integer.toUnsignedLong(
                switch (operation) {
                    case GETAND32 -> ram.getAndBitwiseAndInt(gpa, (int) mask);
                    case GETOR32 -> ram.getAndBitwiseOrInt(gpa, (int) mask);
                    default -> throw new AssertionError(operation);
                });
    }

    byte[] bytes(long gpa, int length) throws PartFailure {
        byte[] bytes = new byte[length];
        if (length > 0) {
            ram.read(checked(gpa, length), bytes, 0, length);
        }
        return bytes;
    }

    private long checked(long gpa, int length) throws PartFailure {
        if (!ram.isRam(gpa, length)) {
            throw new PartFailure("address 0x%x is not RAM".formatted(gpa));
        }
        return gpa;
    }
}
