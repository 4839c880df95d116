package hv.itest;

import hv.launcher.Assemble;
import hv.launcher.Distribution;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/** The distribution of this build, assembled once for all tests of this JVM. Any thread. */
final class Shipped {
    static final Path WORKSPACE = Path.of("").toAbsolutePath().getParent();

    private static final Distribution DISTRIBUTION = assemble();

    private Shipped() {}

    static Distribution distribution() {
        return DISTRIBUTION;
    }

    /** Another one of its own, for a test that changes it. */
    static Distribution assembleAt(Path target) throws IOException {
        Assemble.assemble(WORKSPACE, repository(), target);
        return new Distribution(target);
    }

    private static Distribution assemble() {
        try {
            return assembleAt(WORKSPACE.resolve("hv.itest/generated/hv"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Path repository() {
        String told = System.getProperty("localRepository");
        return told != null ? Path.of(told) : Path.of(System.getProperty("user.home"), ".m2", "repository");
    }
}
