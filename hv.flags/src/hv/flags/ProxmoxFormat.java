package hv.flags;

import hv.api.Flags;
import hv.api.Problem;
import hv.api.Problem.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A Proxmox configuration of a virtual machine, or single lines of one. {@code args: -cpu ...} wins over everything,
 * since Proxmox appends it; else {@code cpu:} gives model and flags, and a Windows {@code ostype:} makes Proxmox add
 * flags by itself.
 */
final class ProxmoxFormat implements Format {
    private static final Pattern MARKS = Pattern.compile("(?m)^(args|cpu|ostype):");
    private static final Pattern LINES = Pattern.compile("\\R");
    private static final String OLD_WINDOWS = "hv_spinlocks=0x1fff,hv_vapic,hv_time";
    private static final String WINDOWS =
            "hv_ipi,hv_relaxed,hv_reset,hv_runtime,hv_spinlocks=0x1fff,hv_stimer,hv_synic,hv_time,hv_vapic,hv_vpindex";

    @Override
    public Optional<Reading> read(String text) throws UnusableTextException {
        return MARKS.matcher(text).find() ? Optional.of(configuration(text)) : Optional.empty();
    }

    @Override
    public Written write(Flags flags) {
        return new Written("args: -cpu " + ShellWords.quoted(flags.toString()), List.of());
    }

    private static Reading configuration(String text) throws UnusableTextException {
        String args = "";
        String cpu = "";
        String type = "";
        for (String line : LINES.split(text)) {
            if (line.startsWith("[")) {
                break; // snapshots follow
            }
            int colon = line.indexOf(':');
            String value = line.substring(colon + 1).strip();
            switch (colon < 0 ? "" : line.substring(0, colon)) {
                case "args" -> args = value;
                case "cpu" -> cpu = value;
                case "ostype" -> type = value;
                default -> {}
            }
        }
        ShellWords line = ShellWords.of(args);
        Optional<String> given = line.option("cpu");
        if (given.isPresent()) {
            Flags flags = FlagGrammar.bounded(given.get());
            return new Reading(flags, Surroundings.ofLine(line, flags));
        }
        FlagGrammar.requireBounded(cpu);
        List<Problem> problems = new ArrayList<>();
        Flags flags = FlagGrammar.bounded(cpu(cpu, type, problems));
        if (flags.isEmpty()) {
            throw new UnusableTextException("neither args: nor cpu: nor ostype: says anything of the CPU");
        }
        problems.addAll(Surroundings.ofFlags(flags));
        return new Reading(flags, problems);
    }

    private static String cpu(String cpu, String type, List<Problem> problems) {
        List<String> flags = new ArrayList<>();
        List<String> more = new ArrayList<>();
        for (String word : cpu.split(",")) {
            int equals = word.indexOf('=');
            String value = word.substring(equals + 1);
            switch (equals < 0 ? "cputype" : word.substring(0, equals)) {
                case "cputype" -> flags.add(value);
                case "hv-vendor-id" -> more.add(word);
                case "hidden" -> more.add(value.equals("1") ? "kvm=off" : "");
                case "flags" -> more.addAll(List.of(value.split(";")));
                default -> {}
            }
        }
        String added = added(type);
        if (!added.isEmpty()) {
            flags.add(added);
            problems.add(new Problem(
                    Severity.NOTE, "", "Proxmox adds flags of its own because of ostype: " + type + ": " + added, ""));
        }
        flags.addAll(more);
        flags.removeIf(String::isBlank);
        return String.join(",", flags);
    }

    private static String added(String type) {
        if (Set.of("win7", "win8", "win10", "win11").contains(type)) {
            return WINDOWS;
        }
        return Set.of("w2k8", "wvista").contains(type) ? OLD_WINDOWS : "";
    }
}
