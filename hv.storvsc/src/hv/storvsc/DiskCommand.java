package hv.storvsc;

import hv.api.device.Devices;
import hv.api.device.GuestCommand;
import hv.api.device.GuestDisks;
import java.util.List;
import java.util.Locale;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** {@code hv:disk}: shows a guest's disks, and plugs them in, pulls them out and resizes them while it runs. */
@Component(
        service = DiskCommand.class,
        property = {"osgi.command.scope=hv", "osgi.command.function=disk", "hv.usage=" + DiskCommand.USAGE})
public final class DiskCommand {
    static final String USAGE = "[PARTITION] [attach DISK | detach NUMBER | resize NUMBER [SIZE]] [--partition ID]";
    private static final int MOST_DIGITS = 15;

    private static final GuestCommand HELP = new GuestCommand(
            "disk",
            USAGE,
            "shows a running guest's disks and what was done on them, plugs one in (FILE or an NBD address, as --disk"
                    + " takes it), pulls one out, or changes a size (as 20G; without one it takes that of the file)",
            "disk attach data.img,serial=data",
            List.of(),
            List.of());

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    private volatile Devices devices;

    /** The command. */
    public void disk(String... words) {
        HELP.read(words).map(HELP::partitionFirst).ifPresent(this::run);
    }

    private void run(GuestCommand.Typed typed) {
        List<String> words = typed.words();
        String action = words.isEmpty() ? "" : words.get(0);
        int many = words.size();
        boolean isKnown = many == 0
                || many == 2 && (action.equals("attach") || action.equals("detach"))
                || action.equals("resize") && (many == 2 || many == 3);
        if (!isKnown) {
            throw HELP.refuse("takes attach DISK, detach NUMBER, resize NUMBER SIZE, or nothing");
        }
        GuestDisks disks =
                HELP.find(devices, typed, GuestDisks.class, "storvsc").service();
        switch (action) {
            case "attach" -> {
                int number = asked(() -> disks.attach(words.get(1)));
                System.out.printf("disk %d attached%n", number);
            }
            case "detach" -> {
                int number = number(words.get(1));
                asked(() -> {
                    disks.detach(number);
                    return number;
                });
                System.out.printf("disk %d detached%n", number);
            }
            case "resize" -> {
                long wanted = many == 3 ? size(words.get(2)) : 0;
                int number = number(words.get(1));
                long bytes = asked(() -> (int) (disks.resize(number, wanted) >> 20));
                System.out.printf("disk %d has %d MiB%n", number, bytes);
            }
            default -> show(HELP.ask(disks::disks));
        }
    }

    /** What the device refuses it says itself. */
    private static int asked(java.util.function.Supplier<Integer> question) {
        try {
            return HELP.ask(question);
        } catch (IllegalArgumentException e) {
            throw HELP.failed(String.valueOf(e.getMessage()));
        }
    }

    private static int number(String typed) {
        return typed.equals("0") ? 0 : HELP.number("a disk", typed, Luns.MOST - 1);
    }

    private static long size(String typed) {
        String text = typed.toUpperCase(Locale.ROOT);
        int shift = switch (text.charAt(text.length() - 1)) {
            case 'T' -> 40;
            case 'G' -> 30;
            case 'M' -> 20;
            case 'K' -> 10;
            default -> 0;
        };
        String digits = shift == 0 ? text : text.substring(0, text.length() - 1);
        if (!digits.matches("[0-9]{1," + MOST_DIGITS + "}") || Long.parseLong(digits) > Long.MAX_VALUE >> shift) {
            throw HELP.refuse("takes a size as 20G or 512M, not '%s'".formatted(GuestCommand.shown(typed, 40)));
        }
        return Long.parseLong(digits) << shift;
    }

    private static void show(List<GuestDisks.Disk> disks) {
        if (disks.isEmpty()) {
            System.out.println("no disks; disk attach FILE plugs one in");
        }
        for (GuestDisks.Disk disk : disks) {
            GuestDisks.Counts counts = disk.counts();
            System.out.printf(
                    "%d: %s, %d MiB, serial %s%s%n",
                    disk.lun(),
                    DiskText.shown(disk.source()),
                    disk.bytes() >> 20,
                    disk.serial(),
                    disk.isReadOnly() ? ", read-only" : "");
            System.out.printf(
                    "   %d reads (%d MiB), %d writes (%d MiB), %d flushes, %d discards, %d errors, %d under way%n",
                    counts.reads(),
                    counts.readBytes() >> 20,
                    counts.writes(),
                    counts.writtenBytes() >> 20,
                    counts.flushes(),
                    counts.discards(),
                    counts.errors(),
                    counts.inFlight());
            if (!disk.trouble().isEmpty()) {
                System.out.println("   " + GuestCommand.shown(disk.trouble(), 200));
            }
        }
    }
}
