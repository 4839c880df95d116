package hv.hosted;

/**
 * An interrupt that was requested. Immutable.
 *
 * @param vp VP index
 * @param vector 16 to 255
 */
public record Interrupt(int vp, int vector) {}
