package hv.flags;

import hv.api.Flags;
import hv.api.Problem;
import hv.api.Problem.Severity;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A Proxmox configuration of a virtual machine, or single lines of one. Proxmox appends {@code args:} to the command
 * line it makes, so that {@code args: -cpu ...} replaces every flag that it makes of the other lines.
 */
final class ProxmoxFormat implements Format {
    private static final Pattern MARKS = Pattern.compile(
            "(?m)^(args|cpu|ostype|bios|scsihw|onboot|vmgenid|smbios1|sockets|hostpci\\d+|machine):(\\s|$)");
    private static final Pattern OTHERS =
            Pattern.compile("(?m)^[ \\t]*(apiVersion|kind|spec|metadata|services|version):");
    private static final Pattern LINES = Pattern.compile("\\R");
    private static final Pattern CUSTOM = Pattern.compile("(?m)^cpu-model:[ \\t]*\\S");

    @Override
    public Optional<Reading> read(String text) throws UnusableTextException {
        if (text.indexOf(':') < 0) {
            return Optional.empty();
        }
        if (CUSTOM.matcher(text).find()) {
            throw new UnusableTextException(
                    "these are Proxmox' custom CPU models (cpu-models.conf); hand over the configuration of a virtual machine");
        }
        boolean isProxmox = MARKS.matcher(text).find() && !OTHERS.matcher(text).find();
        return isProxmox ? Optional.of(configuration(text)) : Optional.empty();
    }

    @Override
    public Written write(Flags flags) {
        return new Written("args: -cpu " + ShellWords.quoted(flags.toString()), List.of());
    }

    private static Reading configuration(String text) throws UnusableTextException {
        ProxmoxGuest guest = new ProxmoxGuest(lines(text));
        ShellWords args = ShellWords.of(guest.line("args"));
        Flags made = FlagGrammar.bounded(guest.argument());
        Optional<ShellWord> given = args.optionWord("cpu");
        if (given.isPresent()) {
            return replaced(guest, args, given.get(), made);
        }
        if (guest.line("cpu").isEmpty() && guest.added().isEmpty()) {
            throw new UnusableTextException("neither args: nor cpu: nor ostype: says anything of the CPU"
                    + guest.whyNothingIsAdded().map(why -> "; " + why).orElse(""));
        }
        Reading reading = Surroundings.ofFlags(made);
        guest.problems().forEach(reading::problem);
        if (!guest.problems().isEmpty()) {
            reading.settles(Severity.GUEST_MISBEHAVES, "hv-vendor-id"); // Proxmox refuses what QEMU would cut
        }
        if (guest.added().isEmpty()) {
            guest.whyNothingIsAdded().ifPresent(reading::remark);
        } else {
            reading.problem(new Problem(
                    Severity.NOTE,
                    "",
                    "Proxmox adds flags of its own because of ostype: %s: %s"
                            .formatted(Shown.of(guest.line("ostype"), Shown.WORD), String.join(",", guest.added())),
                    ""));
        }
        guest.customModel().ifPresent(reading::remark);
        guest.customModel().ifPresent(reading::unsaid);
        surround(reading, guest, args);
        return reading;
    }

    private static Reading replaced(ProxmoxGuest guest, ShellWords args, ShellWord given, Flags made)
            throws UnusableTextException {
        Flags flags = FlagGrammar.bounded(given.text());
        Reading reading = Surroundings.ofLine(args, "", flags);
        Literally.blank(given.text()).ifPresent(reading::problem);
        String lost = made.inEffect().stream()
                .filter(word -> word.isHyperV() && flags.find(word.name()).isEmpty())
                .map(Flags.Word::toString)
                .collect(Collectors.joining(","));
        if (!lost.isEmpty()) {
            reading.remark("args: -cpu replaces all flags that Proxmox makes of the other lines; lost are: " + lost);
        } else if (!made.isEmpty() && guest.saysCpu()) {
            reading.remark("args: -cpu replaces all that Proxmox makes of cpu: and ostype:");
        }
        surround(reading, guest, args);
        return reading;
    }

    private static void surround(Reading reading, ProxmoxGuest guest, ShellWords args) {
        if (guest.isEmulated() && Accelerator.named(args).isEmpty()) {
            Surroundings.withoutKvm(reading, "kvm: 0 makes QEMU take TCG", "leave kvm: 0 out");
            Surroundings.hostModel(reading, Accelerator.TCG, "leave kvm: 0 out");
        }
        guest.otherArchitecture()
                .filter(arch -> Surroundings.hasHyperV(reading.flags()))
                .ifPresent(arch -> Surroundings.otherProcessor(reading, arch, "QEMU"));
    }

    /** The lines of the guest as it is now; sections of snapshots follow. */
    private static Map<String, String> lines(String text) throws UnusableTextException {
        Map<String, String> lines = new LinkedHashMap<>();
        for (String line : LINES.split(text)) {
            if (line.startsWith("[")) {
                break;
            }
            int colon = line.indexOf(':');
            if (colon > 0 && !line.startsWith("#")) {
                FlagGrammar.requireBounded(line);
                lines.put(
                        line.substring(0, colon).strip(),
                        line.substring(colon + 1).strip());
            }
        }
        return lines;
    }
}
