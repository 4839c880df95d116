package hv.replay;

import hv.api.host.ConfigurationException;
import hv.api.host.Hypervisor;
import hv.flags.Shown;
import hv.kvm.Kvm;
import java.util.Optional;

/** What guests are replayed on. */
public enum Backend {
    /** No CPU: VPs are played, and time moves only by what is recorded. */
    HOSTED {
        @Override
        Machine start(Hypervisor hypervisor, VectorHeader header) throws ConfigurationException {
            return new HostedMachine(hypervisor, header);
        }
    },
    /** {@code /dev/kvm}: VPs carry out the recorded instructions, and time is real. */
    KVM {
        @Override
        Machine start(Hypervisor hypervisor, VectorHeader header) throws ConfigurationException {
            return new KvmMachine(hypervisor, header);
        }

        @Override
        Optional<String> whyUnusable() {
            return Kvm.whyUnusable();
        }
    };

    /**
     * Starts a guest.
     *
     * @throws ConfigurationException if it cannot be started with the flags of {@code header}
     * @throws MachineException if there cannot be such a guest
     */
    abstract Machine start(Hypervisor hypervisor, VectorHeader header) throws ConfigurationException;

    /** Why nothing can be started on this host, one line that says what to do about it; empty if it can. */
    Optional<String> whyUnusable() {
        return Optional.empty();
    }

    /**
     * By the name that is typed.
     *
     * @throws UsageException if there is no such name
     */
    static Backend named(String name) {
        return switch (name) {
            case "hosted" -> HOSTED;
            case "kvm" -> KVM;
            default -> throw refusal(name);
        };
    }

    static UsageException refusal(String name) {
        return new UsageException("--backend is '" + Shown.word(name) + "': write hosted or kvm");
    }
}
