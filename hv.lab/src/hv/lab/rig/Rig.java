package hv.lab.rig;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Everything a session needs, in the cache, made where it is missing or older than what it is made of.
 *
 * <p>The cache holds {@code packages} and {@code unpacked}; {@code disk}, a tree that becomes the file system
 * {@code disk.img}; and {@code outer.gz}, level 1's initial RAM disk. Level 1 mounts the disk at the tree's own path: a
 * run-time started with an ahead-of-time cache wants the paths it was trained with, and it is trained here, in the
 * tree.
 *
 * <p>One lab at a time has a cache. For one thread.
 */
public final class Rig implements AutoCloseable {
    /** What level 1 needs of its kernel's modules; with ext4 built in, that is the disk, KVM, and TAPs. */
    private static final List<String> MODULES = List.of("virtio_pci", "virtio_blk", "kvm", "kvm_amd", "tun");

    private final Places places;
    private final Path cache;
    private final Path disk;
    private final FileChannel lock;
    private Optional<Path> loader = Optional.empty();
    private Set<String> archives = Set.of();
    private Path kernel;

    private Rig(Places places, Path cache) throws IOException {
        this.places = places;
        this.cache = cache;
        disk = cache.resolve("disk");
        Files.createDirectories(cache);
        lock = FileChannel.open(cache.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    /**
     * Takes the cache, waiting for another lab that has it, and makes everything.
     *
     * @param ownKernel the kernel of guests; empty for the one that is fetched
     * @param wanted archives of guests that are fetched if they are not there yet, as {@link #whyWithout} names them
     */
    public static Rig build(
            Path cache, Optional<Path> ownKernel, Set<String> wanted, Places places, List<String> javaFlags)
            throws UnusableException, InterruptedException {
        // Told before anything is fetched.
        Emulator.require();
        HostCommand.require("mke2fs", "e2fsprogs");
        try {
            Rig rig = new Rig(places, cache);
            try {
                rig.lock.lock();
                rig.make(ownKernel, wanted, javaFlags);
                return rig;
            } catch (IOException | UnusableException | InterruptedException e) {
                rig.close();
                throw e;
            }
        } catch (IOException e) {
            throw new UnusableException("cannot build the rig in %s: %s".formatted(cache, e), e);
        }
    }

    private void make(Optional<Path> ownKernel, Set<String> wanted, List<String> javaFlags)
            throws IOException, UnusableException, InterruptedException {
        Packages packages = new Packages(cache);
        Path kernelPackage = packages.kernel();
        Path busybox = busybox(packages.busybox());
        kernel = KernelModules.image(kernelPackage);
        KernelModules modules = new KernelModules(kernelPackage);
        GuestParts guest = ownKernel.isPresent()
                ? GuestParts.unknown(ownKernel.get())
                : new GuestPackages(cache, packages, kernelPackage).parts(wanted);
        new DiskTree(places, disk).make(busybox, guest, javaFlags);
        archives = Set.copyOf(guest.archives().keySet());
        loader = Optional.of(disk.resolve("lab/loader")).filter(Files::exists);
        makeOuter(kernelPackage, modules, busybox);
        makeImage();
    }

    static Path busybox(Path busyboxPackage) throws UnusableException {
        return Stream.of("bin/busybox", "usr/bin/busybox")
                .map(busyboxPackage::resolve)
                .filter(Files::isRegularFile)
                .findFirst()
                .orElseThrow(() -> new UnusableException("there is no busybox in " + busyboxPackage));
    }

    private void makeOuter(Path kernelPackage, KernelModules modules, Path busybox)
            throws IOException, UnusableException, InterruptedException {
        Path init = places.inside().resolve("init");
        Path jre = disk.resolve("jre");
        Path made = outer();
        Stamp stamp = new Stamp()
                .with("libutil")
                .with(init)
                .with(jre.resolve("release"))
                .with(kernelPackage.toString())
                .with(busybox);
        if (!stamp.isOn(made)) {
            BootImage.writeOuter(made, busybox, init, modules.inOrder(MODULES), libraries(jre));
            stamp.put(made);
        }
    }

    /** What the run-time is linked with, and what JLine's own library wants besides, which is in a jar. */
    private static Set<Path> libraries(Path jre) throws IOException, UnusableException, InterruptedException {
        Set<Path> libraries = new TreeSet<>(SharedLibraries.of(JavaRuntime.natives(jre), jre));
        libraries.stream()
                .map(library -> library.resolveSibling("libutil.so.1"))
                .filter(Files::exists)
                .findFirst()
                .ifPresent(libraries::add);
        return libraries;
    }

    private void makeImage() throws IOException, UnusableException, InterruptedException {
        Stamp stamp = new Stamp().with(disk);
        if (stamp.isOn(image())) {
            return;
        }
        Path arriving = cache.resolve("disk.arriving");
        Files.deleteIfExists(arriving);
        long mib = (size(disk) * 5 / 4 >> 20) + 32;
        HostCommand.require("mke2fs", "e2fsprogs")
                .run(
                        cache,
                        List.of(
                                "-q",
                                "-t",
                                "ext4",
                                "-O",
                                "^has_journal",
                                "-d",
                                disk.toString(),
                                arriving.toString(),
                                mib + "M"));
        Files.move(arriving, image(), StandardCopyOption.REPLACE_EXISTING);
        stamp.put(image());
    }

    private static long size(Path tree) throws IOException {
        try (Stream<Path> files = Files.walk(tree)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }

    /** The tree on the disk; level 1 has it at the same path. */
    public Path disk() {
        return disk;
    }

    /** The file system. */
    public Path image() {
        return cache.resolve("disk.img");
    }

    /** Level 1's kernel. */
    public Path kernel() {
        return kernel;
    }

    /** Level 1's initial RAM disk. */
    public Path outer() {
        return cache.resolve("outer.gz");
    }

    /** Where sessions leave their files. */
    public Path sessions() {
        return cache.resolve("sessions");
    }

    /** The loader of the reference, unless there is no C compiler. */
    public Optional<Path> loader() {
        return loader;
    }

    /** Why guests cannot load an archive, as {@code kvm} or {@code vmbus}; empty if they can. */
    public Optional<String> whyWithout(String archive) {
        return archives.contains(archive)
                ? Optional.empty()
                : Optional.of(
                        archives.isEmpty()
                                ? "the modules of the kernel given are not known"
                                : "its packages are not in the cache, and could not be fetched");
    }

    /** Gives the cache to others. */
    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            // The process's end does it.
        }
    }
}
