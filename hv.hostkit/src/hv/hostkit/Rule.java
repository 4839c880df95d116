package hv.hostkit;

/**
 * One thing that every host keeps.
 *
 * @param text a sentence
 * @param check tries it
 */
record Rule(String text, Check check) {
    /** Tries a rule: ends normally, or with an {@link AssertionError} that says what to change. */
    @FunctionalInterface
    interface Check {
        /** Does it. */
        void on(Trial trial) throws Exception;
    }
}
