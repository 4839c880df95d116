/**
 * Saving, restoring and resetting what KVM holds of a VM: its vCPUs, interrupt controllers and clocks.
 */
package hv.kvm.state;
