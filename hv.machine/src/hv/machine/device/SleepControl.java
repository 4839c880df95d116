package hv.machine.device;

/**
 * The sleep control and sleep status registers of ACPI's hardware-reduced platform (ACPI 6, 4.8.3.7), at 0x600 and
 * 0x601 as the FADT says. A write to control with SLP_EN (bit 5) and the type of S5 in SLP_TYP (bits 4:2) powers the
 * machine off; other types are ignored. Both read 0: SLP_EN does so always, and WAK_STS because nothing ever wakes.
 */
public final class SleepControl implements PortDevice {
    static final int PORT = 0x600;
    /** The type that the DSDT's _S5 has to name. */
    static final int S5_TYPE = 5;

    private static final int SLP_EN = 0x20;

    private final Runnable onPowerOff;

    public SleepControl(Runnable onPowerOff) {
        this.onPowerOff = onPowerOff;
    }

    @Override
    public int first() {
        return PORT;
    }

    @Override
    public int count() {
        return 2;
    }

    @Override
    public int in(int offset, int bytes) {
        return 0;
    }

    @Override
    public void out(int offset, int bytes, int value) {
        if (offset == 0 && (value & SLP_EN) != 0 && (value >>> 2 & 7) == S5_TYPE) {
            onPowerOff.run();
        }
    }
}
