package hv.machine.boot;

import hv.api.GuestMemory;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * The protected-mode part of a bzImage as it is: it is entered 0x200 behind its begin, the 64-bit entry point of the
 * boot protocol, and unpacks the kernel behind itself, in the memory that init_size is for.
 */
final class SelfUnpackingKernel implements LinuxKernel {
    private static final int ENTRY_64 = 0x200;

    private final LinuxHeader header;
    private final long address;

    private SelfUnpackingKernel(LinuxHeader header, long address) {
        this.header = header;
        this.address = address;
    }

    static SelfUnpackingKernel of(LinuxHeader header, String name) throws ImageException {
        if (!header.has64BitEntry()) {
            throw new ImageException(name, "it is a 32-bit Linux kernel: give a bzImage or vmlinux for x86-64");
        }
        long address = header.preferred() == 0 ? LinuxHeader.DEFAULT_ADDRESS : header.preferred();
        if (address < LowMemory.ONE_MIB
                || address >= LowMemory.LOW_RAM_LIMIT
                || address % GuestMemory.PAGE_BYTES != 0) {
            throw new ImageException(
                    name,
                    "it wants to run at 0x%x (pref_address), which is not a page from 1 MiB to 3 GiB: build it again"
                            .formatted(address));
        }
        return new SelfUnpackingKernel(header, address);
    }

    @Override
    public long entry() {
        return address + ENTRY_64;
    }

    @Override
    public long end() {
        return address + Math.max(header.initBytes(), header.protectedModeBytes());
    }

    @Override
    public long unpackedBytes() {
        return 0;
    }

    @Override
    public void load(GuestMemory memory) {
        ByteBuffer part = header.file().slice(header.protectedMode(), header.protectedModeBytes());
        ImageFile.copy(MemorySegment.ofBuffer(part), memory, address);
    }
}
