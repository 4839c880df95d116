package hv.machine.acpi;

import hv.api.GuestMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Writes the tables into guest memory: RSDP, XSDT, FADT, MADT and DSDT, one behind the other, and OEM0 at its place.
 * Without state; any thread.
 *
 * <pre>
 *   RSDP -> XSDT -> FADT -> DSDT
 *                -> MADT
 *                -> OEM0
 * </pre>
 *
 * <p>A loader places them where firmware would: in reserved memory from 0xE0000 on, where a guest that is not told
 * finds the RSDP as well. Even those of 4096 VPs fit into its 128 KiB.
 */
public final class AcpiTables {
    private static final int RSDP_BYTES = 36;
    /** What the checksum of ACPI 1.0 covers. */
    private static final int RSDP_1_0_BYTES = 20;

    private static final int RSDP_CHECKSUM = 8;
    private static final int RSDP_EXTENDED_CHECKSUM = 32;
    private static final int ALIGNMENT = 16;

    private final GuestMemory memory;
    private final long limit;
    private long free;

    private AcpiTables(GuestMemory memory, long free, long limit) {
        this.memory = memory;
        this.free = free;
        this.limit = limit;
    }

    /**
     * Writes all of them.
     *
     * @param memory all zeros from {@code gpa} to {@code limit}
     * @param gpa where the RSDP goes; a multiple of 16, as its finders want it
     * @param limit end of the room for the tables, at most {@link EntropyTable#GPA}
     * @param vps virtual processors, whose APIC ids are 0 and on
     * @param vmbus whether the guest is to find a VMBus
     * @param entropy fills an array with what the guest finds in {@link EntropyTable}; empty for no such table
     * @throws IllegalArgumentException if there is not enough room; 127 KiB are enough for 4096 VPs
     */
    public static void write(
            GuestMemory memory, long gpa, long limit, int vps, boolean vmbus, Optional<Consumer<byte[]>> entropy) {
        AcpiTables tables = new AcpiTables(memory, gpa + RSDP_BYTES, limit);
        long dsdt = tables.add(Dsdt.of(vmbus));
        long fadt = tables.add(Fadt.of(dsdt));
        long madt = tables.add(Madt.of(vps));
        entropy.ifPresent(source -> EntropyTable.write(memory, source));
        byte[] xsdt = entropy.isPresent() ? xsdt(fadt, madt, EntropyTable.GPA) : xsdt(fadt, madt);
        byte[] rsdp = rsdp(tables.add(xsdt));
        memory.write(gpa, rsdp, 0, rsdp.length);
    }

    private long add(byte[] table) {
        long at = free + ALIGNMENT - 1 & -ALIGNMENT;
        if (at + table.length > limit) {
            throw new IllegalArgumentException(
                    "ACPI tables up to 0x%x do not fit below 0x%x".formatted(at + table.length, limit));
        }
        memory.write(at, table, 0, table.length);
        free = at + table.length;
        return at;
    }

    private static byte[] xsdt(long... tables) {
        Table xsdt = new Table("XSDT", 1, Table.HEADER_BYTES + 8 * tables.length);
        for (long table : tables) {
            xsdt.content().putLong(table);
        }
        return xsdt.finish();
    }

    /** Root System Description Pointer (ACPI 6.5, 5.2.5.3); not a table of the common form. */
    private static byte[] rsdp(long xsdt) {
        byte[] bytes = new byte[RSDP_BYTES];
        ByteBuffer b = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        b.put(Table.ascii("RSD PTR "))
                .put((byte) 0)
                .put(Table.ascii(Table.OEM_ID))
                .put((byte) 2);
        b.putInt(0).putInt(RSDP_BYTES).putLong(xsdt);
        bytes[RSDP_CHECKSUM] = Table.checksum(bytes, RSDP_1_0_BYTES);
        bytes[RSDP_EXTENDED_CHECKSUM] = Table.checksum(bytes, RSDP_BYTES);
        return bytes;
    }
}
