package hv.machine.boot;

import hv.api.GuestMemory;
import hv.api.machine.BootState;

/** A guest image that was read and found good ({@link ImageReader}). Immutable, so that a reset can load it again. */
public interface Image {
    /**
     * Writes the image, its tables and its parameters into memory that is all zeros.
     *
     * @throws DamagedImageException if the image turns out to be damaged only while it is unpacked
     */
    void load(GuestMemory memory);

    /** How VP 0 starts it; the others wait for INIT and SIPI. */
    BootState start();
}
