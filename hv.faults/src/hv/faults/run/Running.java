package hv.faults.run;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A program under way. For one thread. */
public final class Running {
    private static final int MOST_BYTES = 1 << 20;
    private static final double LEAVING_SECONDS = 5;

    private final Process process;
    private final Marked marked;
    private final Optional<Terminal> terminal;
    private final Collected out;
    private final Collected err;
    private long sinceNanos = System.nanoTime();

    Running(Process process, Marked marked, Command command, Path folder) throws IOException {
        this.process = process;
        this.marked = marked;
        this.terminal = command.isAtTerminal() ? Optional.of(new Terminal(folder)) : Optional.empty();
        this.out = Collected.of(process.getInputStream(), command.output());
        this.err = Collected.of(process.getErrorStream(), command.error());
        if (command.input() == Stream.BROKEN) {
            process.getOutputStream().close();
        }
    }

    /** What has been printed so far. */
    public String printed() {
        return out.text() + err.text();
    }

    /** Whether it goes on. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Waits so long, or until it has ended; says whether it goes on. */
    public boolean goesOnAfter(double seconds) throws InterruptedException {
        return !process.waitFor((long) (seconds * 1e9), TimeUnit.NANOSECONDS);
    }

    /** Waits until this has been printed; false if it ends first or does not do so in time. */
    public boolean awaitPrinted(String text, double seconds) throws InterruptedException {
        return out.await(text, (long) (seconds * 1e9));
    }

    /** Waits for a text on standard error. */
    public boolean awaitSaid(String text, double seconds) throws InterruptedException {
        return err.await(text, (long) (seconds * 1e9));
    }

    /** SIGTERM to the JVMs below what was started, which may be a shell or strace. */
    public void terminate() {
        sinceNanos = System.nanoTime();
        java.util.stream.Stream.concat(java.util.stream.Stream.of(process.toHandle()), process.descendants())
                .filter(each -> each.info().command().orElse("").endsWith("/java"))
                .forEach(ProcessHandle::destroy);
    }

    /** The program's own process; waits until it is known. */
    public long pid() throws IOException, InterruptedException {
        if (terminal.isEmpty()) {
            return process.pid();
        }
        Optional<Long> pid = terminal.get().pid();
        while (pid.isEmpty() && goesOnAfter(0.005)) {
            pid = terminal.get().pid();
        }
        return pid.orElse(process.pid());
    }

    /** Sends a signal by its name, without SIG. */
    public void signal(String name) throws IOException, InterruptedException {
        signal(name, pid());
    }

    /** The terminal goes away, as when its window is closed. */
    public void closeTerminal() {
        sinceNanos = System.nanoTime();
        process.destroyForcibly();
    }

    private void signal(String name, long pid) throws IOException, InterruptedException {
        sinceNanos = System.nanoTime();
        new ProcessBuilder("sh", "-c", "kill -s " + name + " " + pid)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    /** Types or pipes this; what can no longer be written is lost. */
    public void type(String text) {
        try {
            OutputStream input = process.getOutputStream();
            input.write(text.getBytes(StandardCharsets.UTF_8));
            input.flush();
        } catch (IOException e) {
            // Nobody reads it any more.
        }
    }

    /** Its input ends. */
    public void endInput() {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            // Nobody reads it any more.
        }
    }

    /** Waits for its end, so long at most; then it counts as hung and is killed. */
    public Outcome end(double mostSeconds) throws IOException, InterruptedException {
        boolean isHung = goesOnAfter(mostSeconds);
        double seconds = (System.nanoTime() - sinceNanos) / 1e9;
        List<String> left = marked.end(isHung ? 0 : LEAVING_SECONDS);
        if (process.isAlive()) {
            // Not of one that has ended: that closes its pipes before all of them has been read.
            process.destroyForcibly();
        }
        process.waitFor();
        out.finish();
        err.finish();
        endInput();
        int status = terminal.isPresent() ? terminal.get().status().orElse(process.exitValue()) : process.exitValue();
        return new Outcome(status, out.text(), err.text(), seconds, isHung, isHung ? List.of() : left, terminal);
    }

    /** What comes out of a pipe, up to a limit. */
    private static final class Collected {
        private static final long FINISH_MILLIS = 2_000;

        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final InputStream in;
        private Thread reader;
        private boolean hasEnded;

        private Collected(InputStream in, boolean hasEnded) {
            this.in = in;
            this.hasEnded = hasEnded;
        }

        static Collected of(InputStream in, Stream kind) throws IOException {
            Collected collected = new Collected(in, kind == Stream.BROKEN || kind == Stream.UNREAD);
            switch (kind) {
                case BROKEN -> in.close();
                case UNREAD -> {}
                default ->
                    collected.reader =
                            Thread.ofPlatform().daemon().name("reader").start(collected::read);
            }
            return collected;
        }

        private void read() {
            byte[] chunk = new byte[8192];
            try {
                for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
                    take(chunk, count);
                }
            } catch (IOException e) {
                // As its end.
            }
            synchronized (this) {
                hasEnded = true;
                notifyAll();
            }
        }

        private synchronized void take(byte[] chunk, int count) {
            bytes.write(chunk, 0, Math.min(count, MOST_BYTES - bytes.size()));
            notifyAll();
        }

        synchronized boolean await(String text, long nanos) throws InterruptedException {
            long deadline = System.nanoTime() + nanos;
            while (!text().contains(text)) {
                long millis = (deadline - System.nanoTime()) / 1_000_000;
                if (hasEnded || millis <= 0) {
                    return false;
                }
                wait(millis);
            }
            return true;
        }

        synchronized String text() {
            return bytes.toString(StandardCharsets.UTF_8);
        }

        void finish() throws InterruptedException {
            if (reader != null) {
                reader.join(FINISH_MILLIS);
            }
        }
    }
}
