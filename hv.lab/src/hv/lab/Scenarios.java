package hv.lab;

import java.util.List;

/** All scenarios. */
final class Scenarios {
    /** What shows that a stock Linux boots and finds its devices, and little more. */
    private static final List<String> SHORT = List.of("payload", "linux", "vmbus");

    /** Their names, in the order in which they run. */
    static final List<String> NAMES = all(1, true).stream().map(Scenario::name).toList();

    private Scenarios() {}

    /** Those that were asked for. */
    static List<Scenario> chosen(LabOptions options) {
        return all(options.smp(), options.isShort()).stream()
                .filter(scenario -> options.only().isEmpty()
                        ? !options.isShort() || SHORT.contains(scenario.name())
                        : options.only().contains(scenario.name()))
                .toList();
    }

    /** The reference comes after what it is compared with. */
    private static List<Scenario> all(int smp, boolean isShort) {
        return List.of(
                new Payload(),
                new LinuxBoot(smp, isShort),
                new Reference(),
                new Panic(),
                new GuestKvm(),
                new Vmbus(),
                new VmbusVersions(),
                new VmbusPanic(),
                new VmbusSwap(),
                new VmbusMove(),
                new VmbusDaemons(),
                new VmbusUpdate(),
                new VmbusKexec(),
                new VmbusNewer(),
                new VmbusNet(),
                new Disk(),
                new DiskMove(),
                new DiskCut(),
                new Swap(),
                new Move(),
                new KvmTests());
    }
}
