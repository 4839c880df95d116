package hv.console;

import hv.api.CpuidTable;
import hv.api.HostFacts;
import hv.kvm.Kvm;
import hv.kvm.error.KvmException;
import java.util.Optional;
import java.util.function.Supplier;

/** This host's KVM, as the bundle hv.kvm knows it. Called through {@link BackEnd}, or after that has answered. */
final class ThisKvm {
    private ThisKvm() {}

    /** Why it cannot be used; empty if it can. */
    static Optional<String> whyUnusable() {
        return Kvm.whyUnusable();
    }

    /** What the processor is. */
    static HostFacts hardware() {
        return asked(Kvm::hardware);
    }

    /** The leaves of the kernel's own Hyper-V. */
    static CpuidTable hyperVLeaves() {
        return asked(Kvm::hyperVLeaves);
    }

    private static <T> T asked(Supplier<T> question) {
        try {
            return question.get();
        } catch (KvmException e) {
            throw new UsageException(e.getMessage());
        }
    }
}
