/**
 * The thread of a VP ({@link hv.kvm.vcpu.VcpuThread}): how it enters the guest, answers its exits, is kicked, parked
 * and asked to flush its TLB; and the time stamp counter that all VPs share.
 */
package hv.kvm.vcpu;
