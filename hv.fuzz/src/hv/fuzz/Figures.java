package hv.fuzz;

/**
 * What one target came to.
 *
 * @param inputs inputs that it took
 * @param operations operations that those were
 * @param edges edges of the product's code that were reached, those reached by the corpus of earlier runs among them
 * @param findings 0 or 1: a target stops at its first
 */
record Figures(long inputs, long operations, long edges, int findings) {
    static final Figures NONE = new Figures(0, 0, 0, 0);

    /** Both together. Code that several targets reach is counted for each. */
    Figures plus(Figures other) {
        return new Figures(
                inputs + other.inputs, operations + other.operations, edges + other.edges, findings + other.findings);
    }
}
