package hv.kvm.interrupt;

import hv.kvm.abi.Errno;
import hv.kvm.abi.Handle;
import hv.kvm.abi.Ioctl;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A request that a device or a partition makes of KVM and whose failure none of them could do anything about: an
 * interrupt. Who asks goes on, the interrupt is lost, and the failure is counted and logged: the first, the tenth, the
 * hundredth. Any thread; a request that works takes no lock and allocates nothing.
 *
 * <p>KVM also fails the request (EPERM) when no local APIC is there to take the message. That is the guest's doing, as
 * in hardware, and no failure of the host's.
 */
final class UnansweredRequest {
    private static final System.Logger LOG = System.getLogger(UnansweredRequest.class.getName());

    private final Handle vm;
    private final Ioctl request;

    private final Occasions failures = new Occasions();

    /** Guarded by this object's monitor. */
    private final MemorySegment capture;

    /** Its memory lives as long as {@code arena}. */
    UnansweredRequest(Handle vm, Ioctl request, Arena arena) {
        this.vm = vm;
        this.request = request;
        this.capture = Handle.capture(arena);
    }

    /** Makes it, with the address of its structure. */
    void send(long structure) {
        if (!vm.works(request, structure)) {
            sendAgain(structure);
        }
    }

    /** Why it failed is known only from a call that keeps errno; if it works now, all is well. */
    private synchronized void sendAgain(long structure) {
        int error = vm.error(request, structure, capture);
        if (error == 0 || error == Errno.EPERM) {
            return;
        }
        long failure = failures.next();
        if (failure > 0) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "ioctl({0}, {1}): {2}: an interrupt is lost (failure {3} of this kind)",
                    vm.what(),
                    request,
                    Errno.name(error),
                    failure);
        }
    }
}
