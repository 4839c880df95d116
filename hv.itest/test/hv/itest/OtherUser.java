package hv.itest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A user who means harm: hears of each new folder {@code hv-*} in a shared folder and tries to get something of it as
 * long as it is there. A program of one file, because another user can read no other; started by
 * {@link PrivateFilesTest}.
 */
public final class OtherUser {
    private interface Attempt {
        void make() throws IOException;
    }

    private final Path shared;
    private final Set<Path> placed = new HashSet<>();
    private final List<String> got = new ArrayList<>();

    private OtherUser(Path shared) {
        this.shared = shared;
    }

    /** The shared folder is the argument. */
    public static void main(String[] args) throws IOException, InterruptedException {
        new OtherUser(Path.of(args[0])).watch();
    }

    private void watch() throws IOException, InterruptedException {
        try (WatchService watcher = shared.getFileSystem().newWatchService()) {
            shared.register(watcher, StandardWatchEventKinds.ENTRY_CREATE);
            System.out.println("watches");
            while (true) {
                WatchKey key = watcher.take();
                for (WatchEvent<?> event : key.pollEvents()) {
                    boolean isTheirs = event.context() instanceof Path name
                            && name.toString().startsWith("hv-")
                            && !placed.contains(shared.resolve(name));
                    if (isTheirs) {
                        Path left = attack(shared.resolve((Path) event.context()));
                        System.out.println("got " + got + ", left " + left);
                        got.clear();
                    }
                }
                key.reset();
            }
        }
    }

    /**
     * Once before the folder's owner has done anything with it, and on as long as it is there.
     *
     * @return where our own folder is afterwards
     */
    private Path attack(Path folder) throws IOException {
        Path ours = Files.createDirectories(shared.resolve("ours"));
        do {
            attempt("look", () -> {
                try (Stream<Path> all = Files.list(folder)) {
                    all.count();
                }
            });
            attempt("enter", () -> Files.readAttributes(folder.resolve("felix"), "*"));
            attempt("put in", () -> Files.createFile(folder.resolve("theirs")));
            attempt("link in", () -> Files.createSymbolicLink(folder.resolve("link"), ours));
            attempt("rename", () -> Files.move(folder, shared.resolve("taken"), StandardCopyOption.ATOMIC_MOVE));
            attempt("remove", () -> Files.delete(folder));
            attempt("open up", () -> Files.setAttribute(folder, "unix:mode", 0777));
            if (tookPlace(ours, folder)) {
                return folder;
            }
        } while (got.isEmpty() && Files.exists(folder));
        return ours;
    }

    /** The name is free again at the end of a run: then it is no use to anybody, and the test looks whether it was. */
    private boolean tookPlace(Path ours, Path folder) {
        try {
            Files.move(ours, folder, StandardCopyOption.ATOMIC_MOVE);
            placed.add(folder);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private void attempt(String what, Attempt attempt) {
        try {
            attempt.make();
            got.add(what);
        } catch (IOException e) {
            // As it should be.
        }
    }
}
