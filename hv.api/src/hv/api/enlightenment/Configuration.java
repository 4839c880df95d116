package hv.api.enlightenment;

import hv.api.HostFacts;
import java.util.Optional;
import java.util.OptionalLong;
import org.osgi.annotation.versioning.ProviderType;

/**
 * What a partition is asked to be: its flags, read, and the host it will run on. Immutable; any thread.
 *
 * <p>Given by the partition service to {@link Enlightenment#cpuid}, {@link Enlightenment#check} and, through
 * {@link Partition#configuration}, to an attached enlightenment.
 */
@ProviderType
public interface Configuration {
    /** Whether the enlightenment {@code id} is switched on, and so promised to the guest. */
    boolean isEnabled(String id);

    /** Whether missing privilege bits close MSRs and calls ({@code hv-enforce-cpuid}). */
    boolean enforcesCpuid();

    /** The number given with {@code flag} (unsigned), or empty if the flag was not given. */
    OptionalLong number(String flag);

    /** The text or choice given with {@code flag}, or {@code fallback} if it was not given. */
    String text(String flag, String fallback);

    /**
     * What was given with a CPU flag that is not Hyper-V's, as {@code tsc-frequency}: the text behind {@code =}, or
     * {@code on} or {@code off} for a flag without one. Empty if it was not given. The text is as it was typed,
     * unchecked.
     */
    Optional<String> foreign(String flag);

    /** The host's facts. */
    HostFacts host();
}
