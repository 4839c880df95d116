package hv.lab.rig;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A life of level 1 without a disk, whose first process does what it finds in its initial RAM disk: a program of this
 * machine with its libraries, files of its own at the paths that they have here, and files in {@code /lab}. For one
 * thread.
 */
public final class ProgramRig {
    private static final List<String> MODULES = List.of("kvm", "kvm_amd");

    private final Path cache;
    private final Path kernelPackage;
    private final Path busybox;

    private ProgramRig(Path cache, Path kernelPackage, Path busybox) {
        this.cache = cache;
        this.kernelPackage = kernelPackage;
        this.busybox = busybox;
    }

    /** Fetches what is not in the cache. */
    public static ProgramRig in(Path cache) throws UnusableException, InterruptedException, IOException {
        Files.createDirectories(cache);
        Packages packages = new Packages(cache);
        Path kernel = packages.kernel();
        return new ProgramRig(cache, kernel, Rig.busybox(packages.busybox()));
    }

    /** Level 1's kernel. */
    public Path kernel() throws UnusableException, IOException {
        return KernelModules.image(kernelPackage);
    }

    /**
     * Writes an initial RAM disk.
     *
     * @param init level 1's first process
     * @param program what runs there, with its libraries
     * @param files of this machine, at the same paths
     * @param lab what is in {@code /lab}
     */
    public Path image(Path init, HostCommand program, List<Path> files, Map<String, byte[]> lab)
            throws UnusableException, InterruptedException, IOException {
        Set<Path> all = new TreeSet<>(SharedLibraries.of(List.of(program.path()), cache));
        all.add(program.path());
        all.addAll(files);
        Path outer = cache.resolve("outer.gz");
        Stamp stamp = new Stamp().with(init).with(kernelPackage.toString()).with(all.toString());
        if (!stamp.isOn(outer)) {
            BootImage.writeOuter(outer, busybox, init, new KernelModules(kernelPackage).inOrder(MODULES), all);
            stamp.put(outer);
        }
        Path image = cache.resolve("initrd");
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(image))) {
            BootImage.writeSession(out, lab);
        }
        try (OutputStream out = Files.newOutputStream(image, StandardOpenOption.APPEND)) {
            Files.copy(outer, out);
        }
        return image;
    }
}
