package hv.itest;

import hv.launcher.Distribution;
import hv.launcher.Main;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The program, run within the test's JVM.
 *
 * @param status exit status
 * @param out lines on standard output
 * @param err lines on standard error, without the log's
 */
record Program(int status, List<String> out, List<String> err) {
    /** Runs it with the distribution of this build. One at a time: the standard streams are the process's. */
    static Program run(String... args) {
        return run(Shipped.distribution(), args);
    }

    static synchronized Program run(Distribution distribution, String... args) {
        InputStream in = System.in;
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
        ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
        int status;
        try {
            // What comes there is for the test runner.
            System.setIn(InputStream.nullInputStream());
            System.setOut(new PrintStream(outBytes, true, StandardCharsets.UTF_8));
            System.setErr(new PrintStream(errBytes, true, StandardCharsets.UTF_8));
            status = Main.run(distribution, args);
        } finally {
            System.setIn(in);
            System.setOut(out);
            System.setErr(err);
        }
        return new Program(
                status,
                outBytes.toString(StandardCharsets.UTF_8).lines().toList(),
                errBytes.toString(StandardCharsets.UTF_8).lines().toList());
    }
}
