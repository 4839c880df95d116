package hv.lab.rig;

import java.nio.file.Path;
import java.util.List;

/**
 * How QEMU's emulator is started for level 1.
 *
 * <p>{@code -cpu max} has SVM. A thread for each processor, as on hardware. {@code tsc=reliable}: without it Linux
 * distrusts the emulated counter as soon as there are two processors, and then its KVM has no TSC clock, and the
 * reference no TSC page.
 *
 * <p>Serial line 1 is the transcript; what arrives on line 2 only shows that level 1 is alive, so it never gets between
 * other lines.
 */
public final class Emulator {
    private static final String PROGRAM = "qemu-system-x86_64";
    private static final String PACKAGE = "qemu-system-x86";

    private Emulator() {}

    static void require() throws UnusableException {
        HostCommand.require(PROGRAM, PACKAGE);
    }

    /**
     * The words that start it; its standard output is serial line 1.
     *
     * @param initrd the session's initial RAM disk
     * @param beat file for serial line 2
     */
    public static List<String> command(Rig rig, int smp, int memoryMib, Path initrd, Path beat)
            throws UnusableException {
        return List.of(
                HostCommand.require(PROGRAM, PACKAGE).path().toString(),
                "-machine",
                "q35",
                "-accel",
                "tcg,thread=multi",
                "-cpu",
                "max",
                "-m",
                String.valueOf(memoryMib),
                "-smp",
                String.valueOf(smp),
                "-nodefaults",
                "-no-user-config",
                "-no-reboot",
                "-display",
                "none",
                "-serial",
                "stdio",
                "-serial",
                "file:" + beat,
                "-kernel",
                rig.kernel().toString(),
                "-initrd",
                initrd.toString(),
                "-append",
                "console=ttyS0 quiet panic=-1 tsc=reliable",
                "-drive",
                "file=" + rig.image() + ",format=raw,if=virtio,readonly=on");
    }
}
