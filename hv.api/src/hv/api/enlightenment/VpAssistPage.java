package hv.api.enlightenment;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Where a VP's assist page is (TLFS "Virtual Processors: Virtual Processor Assist Page"): the page through which guest
 * and hypervisor tell each other things about that VP without an exit, such as which enlightened VMCS to run.
 *
 * <p>Implemented by the VP part of {@code vapic}, reached through {@link VirtualProcessor#peer}. On the VP's thread.
 */
@ConsumerType
public interface VpAssistPage {
    /** Whether the guest has switched the page on; it lies in RAM then. */
    boolean isEnabled();

    /** Guest-physical address of the page, a multiple of 4096; 0 while it is off. */
    long gpa();
}
