package hv.lab.rig;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Debian packages, fetched and unpacked in the cache; nothing is installed, so nobody has to be root. What the cache
 * has is not fetched again, and needs no network.
 */
final class Packages {
    /** Depends on the newest kernel for virtual machines: kvm_amd, and everything for Hyper-V, but few drivers. */
    private static final String KERNEL = "linux-image-cloud-amd64";

    /** What that depends on. */
    private static final Pattern KERNEL_VERSION = Pattern.compile("linux-image-\\S+-cloud-amd64");

    private static final String BUSYBOX = "busybox-static";

    /** The programs behind the key-value pairs and the freezing of a Linux guest. */
    private static final String DAEMONS = "hyperv-daemons";

    /** Depends on a newer kernel than that of this release: Debian 12 has it in its backports. */
    private static final String NEWER_KERNEL = "linux-image-6.12-cloud-amd64";

    private final Path folder;

    /** The newer kernel is kept apart from the usual one, of which the newest file is taken. */
    private final Path newer;

    Packages(Path cache) {
        folder = cache.resolve("packages");
        newer = folder.resolve("newer");
    }

    /** Folder with the kernel and its modules, as the package's file system has them. */
    Path kernel() throws UnusableException, InterruptedException, IOException {
        Optional<Path> there = newest(folder, "linux-image-");
        return unpacked(there.isPresent() ? there.get() : fetch(kernelPackage(KERNEL), folder));
    }

    /**
     * Folder with the newer kernel and its modules.
     *
     * @param isWanted whether it is fetched if it is not there
     * @return empty if it is not there, and cannot be fetched or need not be
     */
    Optional<Path> newerKernel(boolean isWanted) throws InterruptedException, IOException {
        try {
            Optional<Path> there = newest(newer, "linux-image-");
            if (there.isEmpty() && isWanted) {
                there = Optional.of(fetch(kernelPackage(NEWER_KERNEL), newer));
            }
            return there.isPresent() ? Optional.of(unpacked(there.get())) : Optional.empty();
        } catch (UnusableException e) {
            return Optional.empty();
        }
    }

    /** Folder with the guest's programs for key-value pairs and freezing; as {@link #newerKernel}. */
    Optional<Path> daemons(boolean isWanted) throws InterruptedException, IOException {
        try {
            Optional<Path> there = newest(folder, DAEMONS + "_");
            if (there.isEmpty() && isWanted) {
                there = Optional.of(fetch(DAEMONS, folder));
            }
            return there.isPresent() ? Optional.of(unpacked(there.get())) : Optional.empty();
        } catch (UnusableException e) {
            return Optional.empty();
        }
    }

    /** Folder with busybox. */
    Path busybox() throws UnusableException, InterruptedException, IOException {
        Optional<Path> there = newest(folder, BUSYBOX + "_");
        return unpacked(there.isPresent() ? there.get() : fetch(BUSYBOX, folder));
    }

    /** The package that {@code meta} depends on. */
    private String kernelPackage(String meta) throws UnusableException, InterruptedException {
        String depends;
        try {
            depends = HostCommand.require("apt-cache", "apt").run(folder.getParent(), List.of("depends", meta));
        } catch (UnusableException e) {
            throw unknown(" (" + e.getMessage() + ")", e);
        }
        Optional<String> name = KERNEL_VERSION
                .matcher(depends)
                .results()
                .map(MatchResult::group)
                .filter(found -> !found.equals(meta))
                .findFirst();
        if (name.isEmpty()) {
            throw unknown("", null);
        }
        return name.get();
    }

    private UnusableException unknown(String why, Throwable cause) {
        return new UnusableException(
                "the package manager does not know %s%s; run apt-get update, or put the packages linux-image-...-cloud-amd64 and %s of a Debian into %s"
                        .formatted(KERNEL, why, BUSYBOX, folder),
                cause);
    }

    /** Into a folder beside it first: what is in the folder is whole. */
    private Path fetch(String name, Path target) throws UnusableException, InterruptedException, IOException {
        Path arriving = folder.resolve("arriving");
        delete(arriving);
        Files.createDirectories(arriving);
        try {
            HostCommand.require("apt-get", "apt")
                    .run(arriving, List.of("-q", "-o", "APT::Sandbox::User=root", "download", name));
        } catch (UnusableException e) {
            throw new UnusableException(
                    "cannot download the package %s (%s); run apt-get update, or put it into %s"
                            .formatted(name, e.getMessage(), folder),
                    e);
        }
        try (Stream<Path> files = Files.list(arriving)) {
            Path file = files.filter(one -> one.toString().endsWith(".deb"))
                    .findFirst()
                    .orElseThrow(() -> new UnusableException("the package %s did not arrive".formatted(name)));
            Files.createDirectories(target);
            return Files.move(file, target.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
        } finally {
            delete(arriving);
        }
    }

    private static Optional<Path> newest(Path place, String prefix) throws IOException {
        if (!Files.isDirectory(place)) {
            return Optional.empty();
        }
        try (Stream<Path> files = Files.list(place)) {
            return files.filter(file -> file.getFileName().toString().startsWith(prefix)
                            && file.toString().endsWith(".deb"))
                    .max(Comparator.comparing(file -> file.toFile().lastModified()));
        }
    }

    private Path unpacked(Path file) throws UnusableException, InterruptedException, IOException {
        String name = file.getFileName().toString();
        Path target = folder.resolveSibling("unpacked").resolve(name.substring(0, name.length() - ".deb".length()));
        if (!Files.isDirectory(target)) {
            Path arriving = target.resolveSibling("arriving");
            delete(arriving);
            Files.createDirectories(arriving);
            HostCommand.require("dpkg-deb", "dpkg").run(folder, List.of("-x", file.toString(), arriving.toString()));
            Files.move(arriving, target);
        }
        return target;
    }

    /** A folder with all that is in it; it need not be there. */
    static void delete(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path dir, IOException failure) throws IOException {
                Files.delete(dir);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
