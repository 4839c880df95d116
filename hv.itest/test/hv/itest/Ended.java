package hv.itest;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A process that has ended.
 *
 * @param status exit status
 * @param out lines on standard output
 * @param err lines on standard error
 */
record Ended(int status, List<String> out, List<String> err) {
    static final long TIMEOUT_SECONDS = 120;

    /** Runs it without input. */
    static Ended of(ProcessBuilder builder) throws Exception {
        return of(start(builder));
    }

    static Process start(ProcessBuilder builder) throws IOException {
        return builder.redirectInput(
                        ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .start();
    }

    /** Waits for the end of one that runs. */
    static Ended of(Process process) throws Exception {
        try {
            CompletableFuture<String> err = CompletableFuture.supplyAsync(() -> all(process.getErrorStream()));
            String out = all(process.getInputStream());
            assertTrue(process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS), "it does not end");
            return new Ended(
                    process.exitValue(),
                    out.lines().toList(),
                    err.get(TIMEOUT_SECONDS, TimeUnit.SECONDS).lines().toList());
        } finally {
            process.destroyForcibly();
        }
    }

    private static String all(InputStream in) {
        try {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
