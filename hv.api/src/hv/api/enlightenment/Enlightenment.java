package hv.api.enlightenment;

import hv.api.Problem;
import java.util.List;
import java.util.function.Consumer;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * An enlightenment: a stateless factory that tells what it is and attaches itself to partitions.
 *
 * <p>Implemented by one class per enlightenment, registered as an OSGi service (and for {@code ServiceLoader}); called
 * by the partition service from any thread, so implementations hold no state of a guest. All guest state lives in the
 * {@link Attachment}s, which the partition owns.
 */
@ConsumerType
public interface Enlightenment {
    /** Describes this enlightenment. Every call returns an equal descriptor. */
    Descriptor descriptor();

    /**
     * The CPUID bits it shows under {@code configuration}, in which it is enabled. The default is the descriptor's
     * fixed bits; override it when a value comes from a flag or from the host.
     */
    default List<CpuidBits> cpuid(Configuration configuration) {
        return descriptor().cpuid();
    }

    /**
     * Reports what is wrong, or worth knowing, about {@code configuration}, in which it is enabled. Value ranges and
     * the Requires graph are checked by the partition service already.
     */
    default void check(Configuration configuration, Consumer<Problem> problems) {}

    /**
     * Creates its part of a partition that is being built, or that runs and gets this in place of another version; the
     * guest may run meanwhile, so it is not touched before {@link Attachment#restore}. VPs are added afterwards in
     * either case.
     *
     * @param partition the partition; may be kept
     */
    Attachment attach(Partition partition);
}
