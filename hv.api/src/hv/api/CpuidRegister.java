package hv.api;

/** One of the four registers that a CPUID leaf fills, in the order of the instruction's documentation. */
public enum CpuidRegister {
    EAX,
    EBX,
    ECX,
    EDX
}
