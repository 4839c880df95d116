package hv.faults.trial;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

/** Guests for trials, as arguments of {@code run}; their files are made once. */
public final class Guests {
    private static final String HEADER =
            "eb0e909090909090" + HexFormat.of().formatHex("HVFLAT64".getBytes(StandardCharsets.US_ASCII));

    /** mov dx, 0x3f8; mov al, '#'; out dx, al; mov al, '\n'; out dx, al; then hlt for ever with interrupts off. */
    private static final String WAITS = "66baf803b023eeb00aeefaf4ebfc";

    /** mov dx, 0x3f8; mov al, '!'; out dx, al; and the last again. */
    private static final String TALKS = "66baf803b021eeebfd";

    private static final int NOISE_BYTES = 48 << 20;

    private final Path folder;
    private final boolean hasKvm;

    Guests(Path folder, boolean hasKvm) throws IOException {
        this.folder = folder;
        this.hasKvm = hasKvm;
        Files.createDirectories(folder);
        Files.write(folder.resolve("waits"), HexFormat.of().parseHex(HEADER + WAITS));
        Files.write(folder.resolve("talks"), HexFormat.of().parseHex(HEADER + TALKS));
    }

    /** Whether there are CPUs for guests. */
    public boolean hasKvm() {
        return hasKvm;
    }

    /** The back ends that can be tried. */
    public List<String> backEnds() {
        return hasKvm ? List.of("kvm", "hosted") : List.of("hosted");
    }

    /** Runs on until it is ended; prints a line at its start. */
    public String[] waits(String... more) {
        return hasKvm
                ? with(more, "run", "--backend", "kvm", "--memory", "16M", "--kernel", path("waits"))
                : with(more, "run", "--backend", "hosted", "--append", "clock=50s", "--cpu", "hv-time");
    }

    /** As {@link #waits} with memory full of noise, which takes its time to save. */
    public String[] heavy(String... more) throws IOException {
        if (!hasKvm) {
            return waits(more);
        }
        Path noise = folder.resolve("noise");
        if (!Files.exists(noise)) {
            byte[] bytes = new byte[NOISE_BYTES];
            new Random(NOISE_BYTES).nextBytes(bytes);
            Files.write(noise, bytes);
        }
        return with(
                more,
                "run",
                "--backend",
                "kvm",
                "--memory",
                "64M",
                "--kernel",
                path("waits"),
                "--initrd",
                noise.toString());
    }

    /** Prints without an end; needs KVM. */
    public String[] talks(String... more) {
        return with(more, "run", "--backend", "kvm", "--memory", "16M", "--kernel", path("talks"));
    }

    /** Our own guest with a few of its parts, which ends soon and well. */
    public String[] brief(String backEnd, String... more) {
        return with(
                more,
                "run",
                "--backend",
                backEnd,
                "--smp",
                "2",
                "--cpu",
                "hv-vpindex,hv-ipi,hv-tlbflush,hv-enforce-cpuid");
    }

    /** What the guests that wait have printed when they run; with a console, nothing that its prompt has. */
    public String isUp() {
        return hasKvm ? "#" : "hv-guest:";
    }

    private String path(String name) {
        return folder.resolve(name).toString();
    }

    private static String[] with(String[] more, String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }
}
