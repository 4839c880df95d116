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
 * What is on level 1's disk: {@code jre}; {@code hv}, the distribution with its ahead-of-time cache; {@code lab}, the
 * Linux guest's kernel and RAM disk and programs of ours; {@code tests}, the tests that run inside. For one thread.
 */
final class DiskTree {
    private final Places places;
    private final Path disk;

    DiskTree(Places places, Path disk) {
        this.places = places;
        this.disk = disk;
    }

    /**
     * @param guestModules by the name of the archive that they go to: names to contents, in the order of loading
     */
    void make(Path guestKernel, Path busybox, Map<String, Map<String, byte[]>> guestModules, List<String> javaFlags)
            throws IOException, UnusableException, InterruptedException {
        makeRuntime();
        makeHv(javaFlags);
        makeGuest(guestKernel, busybox, guestModules);
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
        stamp.put(hv);
    }

    private void makeGuest(Path guestKernel, Path busybox, Map<String, Map<String, byte[]>> modules)
            throws IOException, UnusableException, InterruptedException {
        Path lab = disk.resolve("lab");
        Path inside = places.inside();
        Optional<HostCommand> gcc = HostCommand.find("gcc");
        Stamp stamp = new Stamp().with(guestKernel).with(busybox).with("gcc " + gcc);
        modules.forEach((archive, files) -> stamp.with("modules " + archive + " " + files.keySet()));
        for (String source : List.of("guest", "loader.c", "storm.c")) {
            stamp.with(inside.resolve(source));
        }
        if (stamp.isOn(lab)) {
            return;
        }
        Packages.delete(lab);
        Files.createDirectories(lab);
        Files.copy(guestKernel, lab.resolve("vmlinuz"));
        Map<String, Path> programs = new LinkedHashMap<>();
        for (String name : List.of("loader", "storm")) {
            Path source = inside.resolve(name + ".c");
            if (gcc.isPresent() && Files.exists(source)) {
                gcc.get()
                        .run(
                                inside,
                                List.of(
                                        "-O2",
                                        "-Wall",
                                        "-static",
                                        "-pthread",
                                        "-o",
                                        lab.resolve(name).toString(),
                                        source.toString()));
            }
        }
        if (Files.exists(lab.resolve("storm"))) {
            programs.put("storm", lab.resolve("storm"));
        }
        BootImage.writeGuest(lab.resolve("guest.gz"), busybox, inside.resolve("guest/init"), programs);
        for (Map.Entry<String, Map<String, byte[]>> archive : modules.entrySet()) {
            BootImage.writeModules(lab.resolve(archive.getKey() + ".gz"), archive.getValue());
        }
        stamp.put(lab);
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
