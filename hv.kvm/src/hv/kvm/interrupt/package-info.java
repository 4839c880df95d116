/**
 * The way of interrupts to a guest: messages, lines, and a VP's local APIC.
 */
package hv.kvm.interrupt;
