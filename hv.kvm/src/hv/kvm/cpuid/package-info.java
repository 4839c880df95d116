/**
 * What CPUID tells a guest, and how it is given to KVM.
 */
package hv.kvm.cpuid;
