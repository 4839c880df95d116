package hv.fuzz;

import hv.api.host.Hypervisor;
import hv.flags.Syntax;
import hv.fuzz.disk.DiskTarget;
import hv.fuzz.file.CommandTarget;
import hv.fuzz.file.CpuidTarget;
import hv.fuzz.file.ExplainTarget;
import hv.fuzz.file.FlagsTarget;
import hv.fuzz.file.KernelTarget;
import hv.fuzz.file.PartTarget;
import hv.fuzz.file.SnapshotTarget;
import hv.fuzz.file.VectorsTarget;
import hv.fuzz.guest.CallsTarget;
import hv.fuzz.guest.GuestTarget;
import hv.fuzz.guest.MsrsTarget;
import hv.fuzz.target.Product;
import hv.fuzz.target.Target;
import hv.fuzz.vmbus.VmbusTarget;
import java.util.List;
import java.util.function.Function;

/** The targets by name. Immutable. */
public final class Targets {
    /**
     * A target that can be made.
     *
     * @param name its name
     * @param about what it attacks, for people
     * @param maker makes it
     */
    private record Entry(String name, String about, Function<Product, Target> maker) {}

    private static final List<Entry> ALL = List.of(
            new Entry(
                    "guest",
                    "everything that a guest and its host can do, with save, restore and swap between",
                    on(GuestTarget::everything)),
            new Entry("pages", "pages of a guest that somebody else writes to meanwhile", on(GuestTarget::pages)),
            new Entry("calls", "hypercalls in all forms, which mean the same", on(CallsTarget::new)),
            new Entry("msrs", "MSRs: a fault changes nothing, a restored guest reads the same", on(MsrsTarget::new)),
            new Entry("vmbus", "messages, signals and rings of VMBus, with reset, save and restore", VmbusTarget::new),
            new Entry("disk", "what a guest puts into the ring of its disks, and what is in the file", DiskTarget::new),
            new Entry("snapshot", "snapshots, with their checksums put right", on(SnapshotTarget::new)),
            new Entry("kernel", "bzImage (gzip, LZ4, others), vmlinux, Multiboot, flat", product -> new KernelTarget()),
            new Entry("qemu", "flags and command lines of QEMU", flags(Syntax.QEMU_LINE)),
            new Entry("libvirt", "libvirt's domain XML", flags(Syntax.LIBVIRT)),
            new Entry("proxmox", "Proxmox's configuration files", flags(Syntax.PROXMOX)),
            new Entry("kubevirt", "KubeVirt's YAML and JSON", flags(Syntax.KUBEVIRT)),
            new Entry("virt-install", "virt-install's lines", flags(Syntax.VIRT_INSTALL)),
            new Entry("cpuid", "dumps of CPUID, and the flags that made them", CpuidTarget::new),
            new Entry("command", "command lines of run", product -> new CommandTarget()),
            new Entry("explain", "questions to explain, and lines of logs", ExplainTarget::new),
            new Entry("part", "the language of guest parts, and what they do", on(PartTarget::new)),
            new Entry("vectors", "recorded answers, and replaying them", on(VectorsTarget::new)));

    private Targets() {}

    private static Function<Product, Target> on(Function<Hypervisor, Target> maker) {
        return product -> maker.apply(product.hypervisor());
    }

    private static Function<Product, Target> flags(Syntax syntax) {
        return product -> new FlagsTarget(product.hypervisor(), syntax);
    }

    /** Their names, in the order in which they run. */
    public static List<String> names() {
        return ALL.stream().map(Entry::name).toList();
    }

    /** What target {@code name} attacks. */
    static String about(String name) {
        return entry(name).about();
    }

    /**
     * Makes target {@code name}, which has to be one. Takes too slow operations for findings if they are slow again and
     * again.
     */
    public static Target make(String name, Product product) {
        return new Patient(entry(name).maker().apply(product));
    }

    private static Entry entry(String name) {
        return ALL.stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
    }
}
