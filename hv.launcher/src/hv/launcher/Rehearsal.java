package hv.launcher;

import hv.launcher.connect.Connector;
import java.io.IOException;
import java.util.List;

/**
 * Started after a build, by the script, once for guests and once for commands that need no container: it does what
 * people ask most while the JVM writes down which classes that took. Later starts map those instead of loading them.
 * What it prints is read by nobody.
 */
final class Rehearsal {
    /** The first falls back to the second where there is no KVM, and whatever becomes of it, the second counts. */
    private static final List<List<String>> GUESTS = List.of(List.of("run"), List.of("run", "--backend", "hosted"));

    /** Of bundles that have class loaders of their own, the JVM does not write down what two frameworks loaded. */
    private static final List<List<String>> ONE_GUEST = GUESTS.subList(1, 2);

    private static final List<List<String>> COMMANDS = List.of(
            List.of("check", "--cpu", "hv-relaxed,hv-vapic,hv-stimer,hv-time"),
            List.of(
                    "check",
                    "<domain type='kvm'><features><hyperv><relaxed state='on'/><stimer state='on'/></hyperv></features></domain>"),
            List.of("check", "--host", "intel", "--cpu", "hv-relaxed,hv-vapic,hv-stimer"),
            List.of("check", "--profile", "help"),
            List.of("convert", "--to", "libvirt", "host,hv-relaxed,hv-time"),
            List.of("cpuid", "--cpu", "hv-relaxed,hv-time"),
            List.of("explain", "stimer"),
            List.of("explain", "0x400000b0=0x30009"));

    private Rehearsal() {}

    /**
     * Argument: {@code guest} or {@code tools}. Ends with the status of the last command.
     *
     * @throws IOException if the distribution cannot be read
     */
    public static void main(String[] args) throws IOException {
        Main.begin();
        Distribution distribution = Distribution.ofThisProcess();
        int status = 0;
        for (List<String> command : args[0].equals("guest") ? guests(distribution) : COMMANDS) {
            status = Main.run(distribution, command.toArray(String[]::new));
        }
        System.exit(status);
    }

    private static List<List<String>> guests(Distribution distribution) throws IOException {
        return Connector.of(distribution.root(), distribution.deployed()).isEmpty() ? ONE_GUEST : GUESTS;
    }
}
