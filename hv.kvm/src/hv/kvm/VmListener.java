package hv.kvm;

import hv.api.PowerEvent;

/**
 * Is told what only the owner of the VM can act on. Called on a thread of the VM made for this, one event at a time, so
 * every method of {@link KvmVm} may be used here. The VP that caused a {@link #power} event does not enter the guest
 * before the listener has returned.
 */
public interface VmListener {
    /**
     * The guest asked for a reset, or said that it has crashed. After the return it goes on, unless the VM was reset or
     * closed.
     */
    void power(PowerEvent event);

    /** A VP has shut down (triple fault). It stays so until the VM is reset or closed. */
    void shutdown(int vp);

    /**
     * A VP cannot go on because of an error that is not the guest's to handle. The other VPs run on until the VM is
     * closed.
     *
     * @param line one line that says what happened and where
     */
    void failed(int vp, String line);
}
