package hv.console;

import aQute.bnd.annotation.spi.ServiceConsumer;
import hv.api.enlightenment.Enlightenment;
import hv.api.host.Hypervisor;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.PrintStream;
import java.util.Map;
import java.util.ServiceLoader;

/**
 * The commands that tell about flags, configurations and numbers, and need neither a guest nor a container: whoever has
 * all bundles on the class path, or as modules, has them at once. The answers are the same as in a container.
 *
 * <p>Called by the launcher with reflection, because this bundle need not be there; once in a process, on its main
 * thread.
 */
@ServiceConsumer(value = Hypervisor.class, resolution = "optional", effective = "active")
@ServiceConsumer(value = Enlightenment.class, resolution = "optional", effective = "active")
public final class Tools {
    /** A command, made for one use. */
    @FunctionalInterface
    private interface Tool {
        void run(PlainSession session, String... words) throws Exception;
    }

    private static final Map<String, Tool> ALL = Map.of(
            "check", (session, words) -> new CheckCommand(hypervisor(), enlightenments()).check(session, words),
            "convert", (session, words) -> new ConvertCommand().convert(session, words),
            "cpuid", (session, words) -> new CpuidCommand(hypervisor(), enlightenments()).cpuid(session, words),
            "explain", (session, words) -> new ExplainCommand(enlightenments()).explain(session, words));

    private Tools() {}

    /** Whether that verb is one of them. */
    public static boolean has(String verb) {
        return ALL.containsKey(verb);
    }

    /**
     * Runs one of them, with the standard streams of this process, in UTF-8.
     *
     * @param verb one that {@link #has} knows
     * @return exit status, as behind {@code ./hv}
     */
    public static int run(String verb, String... words) {
        PrintStream out = ShellDoor.stream(FileDescriptor.out);
        PrintStream err = ShellDoor.stream(FileDescriptor.err);
        try {
            System.setOut(out);
            System.setErr(err);
            PlainSession session = new PlainSession(new FileInputStream(FileDescriptor.in), out);
            ALL.get(verb).run(session, words);
            return ShellDoor.status(session);
        } catch (Throwable e) {
            return ShellDoor.tell(e, err);
        } finally {
            out.flush();
        }
    }

    private static Hypervisor hypervisor() {
        return ServiceLoader.load(Hypervisor.class, Tools.class.getClassLoader())
                .findFirst()
                .orElseThrow(
                        () -> new IllegalStateException("hv.partition is missing: the distribution is incomplete"));
    }

    private static ActiveEnlightenments enlightenments() {
        return new ActiveEnlightenments(ServiceLoader.load(Enlightenment.class, Tools.class.getClassLoader()).stream()
                .map(ServiceLoader.Provider::get)
                .toList());
    }
}
