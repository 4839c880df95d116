package hv.guest;

import hv.api.CpuidRegister;

/**
 * What CPUID must show for a part to apply.
 *
 * @param leaf of CPUID
 * @param register of the leaf
 * @param isInequality whether the register must differ from {@code value}; otherwise all bits of {@code value} must be
 *     set
 * @param value bits or value
 */
record Condition(int leaf, CpuidRegister register, boolean isInequality, int value) {
    boolean holds(int found) {
        return isInequality ? found != value : (found & value) == value;
    }
}
