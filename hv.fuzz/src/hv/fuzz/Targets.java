package hv.fuzz;

import hv.api.host.Hypervisor;
import hv.flags.Syntax;
import hv.fuzz.file.FlagsTarget;
import hv.fuzz.guest.GuestTarget;
import java.util.List;
import java.util.function.Function;

/** The targets by name. Immutable. */
public final class Targets {
    /**
     * A target that can be made.
     *
     * @param name its name
     * @param about what it attacks, for people
     * @param maker makes it on a hypervisor with everything deployed
     */
    private record Entry(String name, String about, Function<Hypervisor, Target> maker) {}

    private static final List<Entry> ALL = List.of(
            new Entry(
                    "guest",
                    "everything that a guest and its host can do, with save, restore and swap between",
                    GuestTarget::new),
            new Entry("qemu", "flags and command lines of QEMU", on(Syntax.QEMU_LINE)),
            new Entry("libvirt", "libvirt's domain XML", on(Syntax.LIBVIRT)),
            new Entry("proxmox", "Proxmox's configuration files", on(Syntax.PROXMOX)));

    private Targets() {}

    private static Function<Hypervisor, Target> on(Syntax syntax) {
        return hypervisor -> new FlagsTarget(hypervisor, syntax);
    }

    /** Their names, in the order in which they run. */
    public static List<String> names() {
        return ALL.stream().map(Entry::name).toList();
    }

    /** What target {@code name} attacks. */
    static String about(String name) {
        return entry(name).about();
    }

    /** Makes target {@code name}, which has to be one. Takes too slow operations for findings if they are slow again and again. */
    public static Target make(String name, Hypervisor hypervisor) {
        return new Patient(entry(name).maker().apply(hypervisor));
    }

    private static Entry entry(String name) {
        return ALL.stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
    }
}
