package hv.api;

/** Maker of the (virtual) CPU; decides the hypercall instruction and what nested virtualization looks like. */
public enum Vendor {
    INTEL,
    AMD
}
