package hv.bench.exits;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;

/**
 * A loop in a process of its own: it runs a round for each line that it is sent, and answers with a line of
 * nanoseconds.
 */
final class ProcessLoop implements Loop {
    private final Process process;
    private final Writer in;
    private final BufferedReader out;

    ProcessLoop(ProcessBuilder builder) throws IOException {
        this.process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        this.in = process.outputWriter();
        this.out = process.inputReader();
    }

    @Override
    public long roundNanos() throws IOException {
        in.write("\n");
        in.flush();
        String line = out.readLine();
        if (line == null) {
            throw new IOException("the loop's process ended");
        }
        return Long.parseLong(line);
    }

    @Override
    public void close() throws IOException {
        in.close();
        process.onExit().join();
    }
}
