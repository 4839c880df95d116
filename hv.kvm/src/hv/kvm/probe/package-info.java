/**
 * What this host's KVM really does, found out by small guests where its word is not enough, and the facts that come of
 * it.
 */
package hv.kvm.probe;
