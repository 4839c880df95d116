package hv.lab.rig;

import hv.lab.rig.GuestParts.Archive;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Takes what the Linux guest needs out of Debian's packages. The archives: {@code kvm}, to be a host; {@code vmbus},
 * the drivers of the bus and its services; {@code disk}, these with the driver of
 * disks, and a file system for one; {@code daemons}, these with the programs behind two of the services, and a
 * file system to freeze; {@code newer}, the drivers of the newer kernel. For one thread.
 */
final class GuestPackages {
    private static final List<String> BUS = List.of("hv_vmbus", "hv_utils");
    private static final Map<String, List<String>> ALWAYS =
            Map.of("kvm", List.of("kvm", "kvm_amd"), "vmbus", BUS, "net", List.of("hv_vmbus", "hv_utils", "hv_netvsc"));
    private static final List<String> WITH_DISKS = List.of("hv_vmbus", "hv_utils", "hv_storvsc", "sd_mod");

    /** And a RAM disk, a network adapter that has an address, and a keyboard whose events programs can read. */
    private static final List<String> WITH_DAEMONS =
            List.of("hv_vmbus", "hv_utils", "brd", "dummy", "hyperv_keyboard", "evdev");

    private static final String DAEMONS = "daemons";
    private static final String NEWER = "newer";
    private static final List<String> PROGRAMS = List.of("usr/sbin/hv_kvp_daemon", "usr/sbin/hv_vss_daemon");
    private static final List<String> SCRIPTS =
            List.of("usr/libexec/hypervkvpd/hv_get_dhcp_info", "usr/libexec/hypervkvpd/hv_get_dns_info");

    /** An empty file system, for the RAM disk. */
    private static final String DATA = "data.ext4";

    private static final String DATA_SIZE = "8M";

    private final Path cache;
    private final Packages packages;
    private final Path kernelPackage;

    GuestPackages(Path cache, Packages packages, Path kernelPackage) {
        this.cache = cache;
        this.packages = packages;
        this.kernelPackage = kernelPackage;
    }

    /**
     * All that is there.
     *
     * @param wanted archives whose packages are fetched if they are not
     */
    GuestParts parts(Set<String> wanted) throws IOException, UnusableException, InterruptedException {
        KernelModules modules = new KernelModules(kernelPackage);
        Map<String, Archive> archives = new TreeMap<>();
        for (Map.Entry<String, List<String>> archive : ALWAYS.entrySet()) {
            archives.put(archive.getKey(), new Archive(modules.inOrder(archive.getValue()), Map.of()));
        }
        archives.put("disk", new Archive(modules.inOrder(WITH_DISKS), Map.of("data/" + DATA, fileSystem())));
        Optional<Path> daemons = packages.daemons(wanted.contains(DAEMONS));
        if (daemons.isPresent()) {
            archives.put(DAEMONS, new Archive(modules.inOrder(WITH_DAEMONS), daemonFiles(daemons.get())));
        }
        Optional<Path> newer = packages.newerKernel(wanted.contains(NEWER));
        Optional<Path> newerKernel = Optional.empty();
        if (newer.isPresent()) {
            archives.put(NEWER, new Archive(new KernelModules(newer.get()).inOrder(BUS), Map.of()));
            newerKernel = Optional.of(KernelModules.image(newer.get()));
        }
        return new GuestParts(KernelModules.image(kernelPackage), newerKernel, archives);
    }

    /** The programs with this machine's libraries for them, which are at the same paths in the guest. */
    private Map<String, byte[]> daemonFiles(Path daemons) throws IOException, UnusableException, InterruptedException {
        Map<String, byte[]> files = new TreeMap<>();
        for (String name : PROGRAMS) {
            files.put(name, Files.readAllBytes(daemons.resolve(name)));
        }
        for (String name : SCRIPTS) {
            files.put(name, Files.readAllBytes(daemons.resolve(name)));
        }
        List<Path> programs = PROGRAMS.stream().map(daemons::resolve).toList();
        for (Path library : SharedLibraries.of(programs, cache)) {
            files.put(library.toString().substring(1), Files.readAllBytes(library));
        }
        files.put("data/" + DATA, fileSystem());
        return files;
    }

    private byte[] fileSystem() throws IOException, UnusableException, InterruptedException {
        Path file = cache.resolve(DATA);
        if (!Files.exists(file)) {
            Path arriving = cache.resolve(DATA + ".arriving");
            Files.deleteIfExists(arriving);
            HostCommand.require("mke2fs", "e2fsprogs")
                    .run(cache, List.of("-q", "-t", "ext4", arriving.toString(), DATA_SIZE));
            Files.move(arriving, file);
        }
        return Files.readAllBytes(file);
    }
}
