package hv.oracle.input;

import hv.api.Flags;
import hv.flags.FlagText;
import hv.flags.UnusableTextException;
import hv.lab.rig.UnusableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Configurations that people have, from a folder of files. Those that cannot be read are no cases. */
public final class KnownCases {
    private static final String MODEL = "qemu64";

    /** What libvirt wants in every domain, and examples leave out. */
    private static final String USUAL =
            "<name>oracle</name><memory unit='MiB'>64</memory><os><type arch='x86_64' machine='q35'>hvm</type></os>";

    private KnownCases() {}

    /** Their flags, behind a model that every host has. */
    public static List<Case> arguments(Path folder) throws UnusableException {
        List<Case> cases = new ArrayList<>();
        for (String text : texts(folder)) {
            try {
                List<String> words = FlagText.of(text).flags().words().stream()
                        .filter(Flags.Word::isHyperV)
                        .map(Flags.Word::toString)
                        .toList();
                cases.add(new Case(parts -> MODEL + (parts.isEmpty() ? "" : ",") + String.join(",", parts), words));
            } catch (UnusableTextException e) {
                // It has no flags.
            }
        }
        return cases;
    }

    /** The domains among them. */
    public static List<Case> domains(Path folder) throws UnusableException {
        return texts(folder).stream()
                .filter(text ->
                        text.startsWith("<domain type='") && !text.contains("aarch64") && !text.contains("<name>"))
                .map(text -> text.replaceFirst(">", ">" + USUAL))
                .map(text -> new Case(parts -> text, List.of()))
                .toList();
    }

    private static List<String> texts(Path folder) throws UnusableException {
        try (Stream<Path> files = Files.list(folder)) {
            List<String> texts = new ArrayList<>();
            for (Path file : files.sorted().toList()) {
                texts.add(Files.readString(file).strip());
            }
            return texts;
        } catch (IOException e) {
            throw new UnusableException("cannot read %s: %s".formatted(folder, e), e);
        }
    }
}
