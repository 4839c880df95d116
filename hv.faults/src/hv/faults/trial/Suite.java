package hv.faults.trial;

import java.io.IOException;

/** Trials of one kind. Without state. */
public interface Suite {
    /** One small word, for {@code --only}. */
    String name();

    /** Does them all, one after the other. */
    void run(Ground ground, Report report) throws IOException, InterruptedException;
}
