package hv.lab;

import hv.lab.report.Table;
import hv.lab.rig.Places;
import hv.lab.rig.UnusableException;
import java.nio.file.Path;
import java.util.List;

/**
 * {@code ./hv lab}: boots real guests under this implementation on a real KVM, on any machine.
 *
 * <p>Three levels: this program starts QEMU's emulator with an AMD processor that has SVM (level 0); it runs a stock
 * Linux whose kvm_amd works as on hardware (level 1); in it {@code hv run} runs on a small Java run-time, and its
 * guests (level 2) are our own guest program and a stock Linux. What level 1 prints on its serial line is the only
 * thing that comes back; {@link Lab} judges it.
 */
public final class Main {
    private Main() {}

    /** Exit status 0 if nothing failed, 1 if something did, 2 with one line on stderr when it cannot be run. */
    public static void main(String[] args) throws InterruptedException {
        System.exit(run(args));
    }

    private static int run(String... args) throws InterruptedException {
        try {
            Table table = new Lab(LabOptions.parse(args), places()).run();
            table.print(System.out);
            return table.sum().failed() == 0 ? 0 : 1;
        } catch (UnusableException e) {
            System.err.println("hv lab: " + e.getMessage());
            return 2;
        }
    }

    private static Places places() throws UnusableException {
        String[] names = {"hv.workspace", "hv.distribution", "hv.repository", "hv.tests"};
        for (String name : names) {
            if (System.getProperty(name) == null) {
                throw new UnusableException("start it with ./hv lab");
            }
        }
        return new Places(
                Path.of(System.getProperty(names[0])),
                Path.of(System.getProperty(names[1])),
                Path.of(System.getProperty(names[2])),
                List.of(System.getProperty(names[3]).split(" ")),
                Path.of(System.getProperty("java.home")));
    }
}
