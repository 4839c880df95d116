package hv.api.nested;

/** The area of a VMCS that a field belongs to. */
public enum FieldKind {
    /** How L2 is to run: execution, entry and exit controls and what they point to. */
    CONTROL,
    /** L1's state, loaded at an exit. */
    HOST,
    /** L2's state. */
    GUEST,
    /** Why L2 was left: read-only for L1. */
    EXIT_INFORMATION,
    /** No VMCS field: part of the interface between L1 and L0. */
    SYNTHETIC,
    /** Nothing; L1 keeps it zero. */
    RESERVED
}
