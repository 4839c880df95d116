package hv.machine.boot;

import hv.api.GuestMemory;

/** A kernel as {@link LinuxImage} puts it into memory: unpacked by us, or by itself. Immutable. */
interface LinuxKernel {
    /** Where it is entered in 64-bit mode. */
    long entry();

    /** End of the memory that it needs from 1 MiB on before it knows the memory map. */
    long end();

    /** How much of a file has to be unpacked to load it; 0 if it is not packed. */
    long unpackedBytes();

    /**
     * Writes it into memory that is all zeros.
     *
     * @throws ImageException if it is damaged in a way that only unpacking shows
     */
    void load(GuestMemory memory) throws ImageException;
}
