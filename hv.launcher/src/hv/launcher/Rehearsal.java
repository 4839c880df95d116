package hv.launcher;

import java.util.List;

/**
 * Started after a build, by the script, once for guests and once for commands that need no container: it does what
 * people ask most while the JVM writes down which classes that took. Later starts map those instead of loading them.
 * What it prints is read by nobody.
 */
final class Rehearsal {
    /** The second one falls back to the first where there is no KVM. */
    private static final List<List<String>> GUESTS = List.of(List.of("run", "--backend", "hosted"), List.of("run"));

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

    /** Argument: {@code guest} or {@code tools}. Ends with the status of the last command. */
    public static void main(String[] args) {
        Main.begin();
        Distribution distribution = Distribution.ofThisProcess();
        int status = 0;
        for (List<String> command : args[0].equals("guest") ? GUESTS : COMMANDS) {
            status = Main.run(distribution, command.toArray(String[]::new));
        }
        System.exit(status);
    }
}
