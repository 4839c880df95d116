/**
 * Where the fields of the kernel's structures are ({@code linux/kvm.h} and {@code asm/kvm.h} on x86-64): a class per
 * structure, named after it, with an offset per field. Constants only. {@code LayoutTest} compares them with the
 * declarations in C and with the sizes that the requests' numbers hold.
 */
package hv.kvm.layout;
