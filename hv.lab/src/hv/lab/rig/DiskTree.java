package hv.lab.rig;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What is on level 1's disk: {@code jre}; {@code hv}, the distribution with its ahead-of-time cache; {@code newer},
 * bundles of it with a higher version; {@code lab}, the Linux guest's kernel and RAM disk and programs of ours; {@code
 * tests}, the tests that run inside. For one thread.
 */
final class DiskTree {
    private static final String LOADER = "loader";

    /** Programs of ours that the Linux guest has, by the name of their source. */
    private static final List<String> GUEST_PROGRAMS = List.of("storm", "services", "kexec", "blocks");

    private final Places places;
    private final Path disk;

    DiskTree(Places places, Path disk) {
        this.places = places;
        this.disk = disk;
    }

    /** Makes what is missing or older than what it is made of. */
    void make(Path busybox, GuestParts guest, List<String> javaFlags)
            throws IOException, UnusableException, InterruptedException {
        makeRuntime();
        makeHv(javaFlags);
        makeGuest(busybox, guest);
        new TestTree(places, disk.resolve("tests")).make();
    }

    private void makeRuntime() throws IOException, UnusableException, InterruptedException {
        Path jre = disk.resolve("jre");
        Stamp stamp =
                new Stamp().with(places.jdk().toString()).with(places.jdk().resolve("release"));
        if (!stamp.isOn(jre)) {
            JavaRuntime.make(places.jdk(), jre);
            stamp.put(jre);
        }
    }

    private void makeHv(List<String> javaFlags) throws IOException, UnusableException, InterruptedException {
        Path hv = disk.resolve("hv");
        Path jre = disk.resolve("jre");
        Stamp stamp = new Stamp()
                .with(places.distribution())
                .with(jre.resolve("release"))
                .with(javaFlags.toString());
        if (stamp.isOn(hv)) {
            return;
        }
        copy(places.distribution(), hv);
        for (String isForHere : List.of("hv.aot", "tools.aot", "tools.jar")) {
            Files.deleteIfExists(hv.resolve(isForHere));
        }
        List<String> arguments = new ArrayList<>(javaFlags);
        arguments.add("-XX:AOTCacheOutput=" + hv.resolve("hv.aot"));
        arguments.addAll(List.of("-jar", hv.resolve("hv.jar").toString(), "run", "--backend", "hosted"));
        new HostCommand(jre.resolve("bin/java")).run(disk, arguments);
        NewerBundles.make(hv.resolve("bundles"), disk.resolve("newer"));
        stamp.put(hv);
    }

    private void makeGuest(Path busybox, GuestParts guest) throws IOException, UnusableException, InterruptedException {
        Path lab = disk.resolve("lab");
        Path inside = places.inside();
        Optional<HostCommand> gcc = HostCommand.find("gcc");
        Stamp stamp = new Stamp().with(guest.kernel()).with(busybox).with("gcc " + gcc);
        stamp.with("newer " + guest.newerKernel());
        guest.archives()
                .forEach((name, archive) -> stamp.with("archive " + name + " "
                        + archive.modules().keySet() + archive.files().keySet()));
        stamp.with(inside.resolve("guest")).with(inside.resolve(LOADER + ".c"));
        for (String program : GUEST_PROGRAMS) {
            stamp.with(inside.resolve(program + ".c"));
        }
        if (stamp.isOn(lab)) {
            return;
        }
        Packages.delete(lab);
        Files.createDirectories(lab);
        Files.copy(guest.kernel(), lab.resolve("vmlinuz"));
        if (guest.newerKernel().isPresent()) {
            Files.copy(guest.newerKernel().get(), lab.resolve("vmlinuz-newer"));
        }
        Map<String, Path> programs = new LinkedHashMap<>();
        if (gcc.isPresent()) {
            compile(gcc.get(), LOADER);
            for (String name : GUEST_PROGRAMS) {
                programs.put(name, compile(gcc.get(), name));
            }
        }
        BootImage.writeGuest(lab.resolve("guest.gz"), busybox, inside.resolve("guest/init"), programs);
        for (Map.Entry<String, GuestParts.Archive> archive : guest.archives().entrySet()) {
            BootImage.writeArchive(lab.resolve(archive.getKey() + ".gz"), archive.getValue());
        }
        stamp.put(lab);
    }

    private Path compile(HostCommand gcc, String name) throws UnusableException, InterruptedException {
        Path program = disk.resolve("lab").resolve(name);
        String source = places.inside().resolve(name + ".c").toString();
        List<String> arguments = List.of("-O2", "-Wall", "-static", "-pthread", "-o", program.toString(), source);
        gcc.run(places.inside(), arguments);
        return program;
    }

    /** Files of a tree, with their times, in place of what was there. */
    static void copy(Path from, Path to) throws IOException {
        Packages.delete(to);
        List<Path> all;
        try (Stream<Path> files = Files.walk(from)) {
            all = files.toList();
        }
        for (Path file : all) {
            Path target = to.resolve(from.relativize(file).toString());
            if (Files.isDirectory(file)) {
                Files.createDirectories(target);
            } else {
                Files.copy(file, target, StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }
}
