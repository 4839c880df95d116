package hv.replay;

import hv.api.host.Hypervisor;
import hv.flags.OptionReader;
import hv.flags.Shown;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * {@code replay [--backend hosted|kvm] [--keep-going] FILE...}: replays files, and all {@code *.jsonl} of folders, and
 * prints for each how many operations it has and how many differ, the first differences in full, and a last line
 * {@code N passed, N failed} that counts files.
 *
 * <p>All files are read before the first is replayed: one that is malformed is refused, with its line, before anything
 * is done. Any thread; one call does one command.
 */
public final class Replay {
    /** How it is used. */
    public static final String USAGE = "replay [--backend hosted|kvm] [--keep-going] FILE...";

    private static final String BACKEND = "--backend";
    private static final String KEEP_GOING = "--keep-going";

    private static final String SUFFIX = ".jsonl";
    private static final int MAX_DEPTH = 16;
    private static final int MAX_FILES = 20_000;

    private final Hypervisor hypervisor;
    private final PrintStream out;

    /** For guests of {@code hypervisor}; reports go to {@code out}. */
    public Replay(Hypervisor hypervisor, PrintStream out) {
        this.hypervisor = hypervisor;
        this.out = out;
    }

    /**
     * Carries out the command.
     *
     * @param typed files, folders and options
     * @return 0 if nothing differs, 1 otherwise
     * @throws UsageException if the arguments or a file cannot be used; one line
     */
    public int run(String... typed) {
        Asked asked = new Asked();
        new OptionReader<>(List.of(BACKEND), List.of(KEEP_GOING), asked).read(asked::take, typed);
        if (asked.names.isEmpty()) {
            throw new UsageException("replay needs a file or a folder of *" + SUFFIX + "; usage: " + USAGE);
        }
        try {
            return replay(files(asked.names), asked.backend, asked.keepGoing);
        } catch (VectorFormatException e) {
            throw new UsageException(e.getMessage());
        }
    }

    /** What was typed so far. */
    private static final class Asked implements OptionReader.Refusals<UsageException> {
        private boolean keepGoing;
        private Backend backend = Backend.HOSTED;
        private final List<String> names = new ArrayList<>();

        void take(String name, String text) {
            switch (name) {
                case KEEP_GOING -> keepGoing = true;
                case BACKEND -> backend = Backend.named(text);
                default -> names.add(text);
            }
        }

        @Override
        public UsageException unknown(String typed) {
            return new UsageException("replay does not know '" + Shown.word(typed) + "'; usage: " + USAGE);
        }

        @Override
        public UsageException valueless(String option) {
            return Backend.refusal("");
        }
    }

    private int replay(Set<Path> files, Backend backend, boolean keepGoing) throws VectorFormatException {
        for (Path file : files) {
            Replayer.check(file);
        }
        backend.whyUnusable().ifPresent(reason -> {
            throw new UsageException(reason);
        });
        Replayer replayer = new Replayer(hypervisor, backend);
        int passed = 0;
        for (Path file : files) {
            FileReport report = replayer.replay(file, keepGoing);
            out.println(report.text());
            passed += report.passed() ? 1 : 0;
        }
        int failed = files.size() - passed;
        out.printf("%d passed, %d failed%n", passed, failed);
        return failed == 0 ? 0 : 1;
    }

    private static Set<Path> files(List<String> names) {
        Set<Path> files = new LinkedHashSet<>();
        for (String name : names) {
            try {
                Path path = Path.of(name);
                if (Files.isDirectory(path)) {
                    files.addAll(in(path));
                } else {
                    files.add(path);
                }
            } catch (InvalidPathException e) {
                throw new UsageException("'" + Shown.file(name) + "' is not the name of a file");
            }
        }
        return files;
    }

    private static UsageException unreadable(Path folder, IOException e) {
        String inner = e instanceof FileSystemException about ? about.getFile() : folder.toString();
        String where = inner == null || inner.equals(folder.toString()) ? "" : Shown.file(inner) + " in it ";
        return new UsageException("%s: %scannot be read (%s); name a folder that can"
                .formatted(Shown.file(folder), where, Shown.of(VectorReader.why(e), 200)));
    }

    private static List<Path> in(Path folder) {
        try (Stream<Path> found = Files.walk(folder, MAX_DEPTH)) {
            List<Path> all = found.limit(MAX_FILES + 1).toList();
            if (all.size() > MAX_FILES) {
                throw new UsageException(Shown.file(folder) + ": there are more than " + MAX_FILES
                        + " files in this folder; name the one that has the *" + SUFFIX);
            }
            List<Path> files = all.stream()
                    .filter(file -> file.toString().endsWith(SUFFIX) && Files.isRegularFile(file))
                    .sorted()
                    .toList();
            if (files.isEmpty()) {
                throw new UsageException(Shown.file(folder) + ": there is no *" + SUFFIX + " in this folder");
            }
            return files;
        } catch (IOException e) {
            throw unreadable(folder, e);
        } catch (UncheckedIOException e) {
            // What a walk comes upon on its way.
            throw unreadable(folder, e.getCause());
        }
    }
}
