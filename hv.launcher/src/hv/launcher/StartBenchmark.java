package hv.launcher;

/** Measures a start. */
final class StartBenchmark {
    private StartBenchmark() {}

    static int run(String[] args) throws UsageException {
        throw new UsageException("bench knows start, not '" + String.join(" ", args) + "'");
    }
}
