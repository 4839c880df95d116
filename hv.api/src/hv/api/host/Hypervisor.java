package hv.api.host;

import hv.api.Flags;
import hv.api.HostFacts;
import hv.api.dto.EnlightenmentDTO;
import java.time.Duration;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The central service: knows the enlightenments that are deployed and builds partitions from flags.
 *
 * <p>Get it as an OSGi service, or outside OSGi from {@link java.util.ServiceLoader}. Any thread.
 */
@ProviderType
public interface Hypervisor {
    /**
     * What a guest with {@code flags} on such a host would get, and every problem it would have, without building
     * anything.
     */
    Verdict check(Flags flags, HostFacts host);

    /**
     * The same for flags as text, which is read first.
     *
     * @param flags QEMU's {@code -cpu} argument, as {@code host,hv-relaxed,hv-spinlocks=0x1fff}
     */
    Verdict check(String flags, HostFacts host);

    /**
     * The flags of everything deployed that works on such a host and does not keep a guest from being moved, each with
     * its usual value. {@code hv-passthrough} stands for them; a front end takes them as its default, with
     * {@link Flags#ENFORCE_CPUID}.
     */
    Flags everything(HostFacts host);

    /**
     * The sets of flags that have a name, for such a host, with the reasons. Always the same names in the same order:
     * {@code recommended}, {@code windows}, {@code windows-nested}, {@code linux}, {@code migratable}, {@code minimal}.
     */
    List<Profile> profiles(HostFacts host);

    /**
     * Builds a partition.
     *
     * @param host the VMM's side of it
     * @throws ConfigurationException if {@link #check} finds that it would not start, or the host promises by its facts
     *     what it does not implement; names every problem
     */
    GuestPartition create(Flags flags, Host host) throws ConfigurationException;

    /**
     * The same for flags as text, which is read first.
     *
     * @param flags QEMU's {@code -cpu} argument, as for {@link #check(String, HostFacts)}
     */
    GuestPartition create(String flags, Host host) throws ConfigurationException;

    /** The deployed enlightenments, by id. */
    List<EnlightenmentDTO> enlightenments();

    /**
     * Waits until every version that has come has taken its places in the partitions that run, or was refused. Where
     * bundles come and go, a bundle's start does not wait for that itself. Any thread but a VP's.
     *
     * @return false if it takes longer than {@code limit}, or the thread is interrupted, which it stays
     */
    boolean settle(Duration limit);

    /** The partitions that are open, by id. */
    List<GuestPartition> partitions();
}
