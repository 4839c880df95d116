/**
 * The native boundary: the only package that calls the C library and the kernel, and that has the numbers of KVM's
 * requests. A {@link hv.kvm.abi.Handle} is an open file of the KVM API and a {@link hv.kvm.abi.Vcpu} one virtual CPU of
 * it; nothing here decides anything.
 */
package hv.kvm.abi;
