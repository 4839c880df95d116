package hv.oracle.input;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Domains of libvirt's as people write them: most of them well, some of them not. */
public final class LibvirtCases {
    private static final List<String> SWITCHES = List.of(
            "relaxed",
            "vapic",
            "vpindex",
            "runtime",
            "synic",
            "stimer",
            "reset",
            "frequencies",
            "reenlightenment",
            "tlbflush",
            "ipi",
            "evmcs",
            "avic");

    private static final List<String> STATES = List.of(
            "state='on'",
            "state='on'",
            "state='on'",
            "state='on'",
            "state='on'",
            "state='off'",
            "state='off'",
            "",
            "state='yes'",
            "state=''");

    private static final List<String> RETRIES =
            List.of("8191", "4095", "4096", "4094", "0x1fff", "0", "-1", "abc", "", "4294967295", "4294967296");

    private static final List<String> VENDORS =
            List.of("KVM Hv", "GenuineIntel", "1234567890ab", "1234567890abc", "", "a,b", "x&amp;y", " lead", "ä");

    private static final List<String> TIMERS = List.of(
            "<timer name='hypervclock' present='yes'/>",
            "<timer name='hypervclock' present='yes'/>",
            "<timer name='hypervclock' present='yes'/>",
            "<timer name='hypervclock' present='no'/>",
            "<timer name='hypervclock'/>",
            "<timer name='hypervclock' present='on'/>",
            "<timer name='kvmclock' present='no'/>",
            "<timer name='kvmclock' present='yes'/>",
            "<timer name='tsc' frequency='2500000000'/>",
            "<timer name='hpet' present='no'/>",
            "<timer name='rtc' tickpolicy='catchup'/>",
            "<timer name='pit' tickpolicy='delay'/>");

    private static final List<String> CPUS = List.of(
            "<cpu mode='host-passthrough'",
            "<cpu mode='host-passthrough' migratable='off'",
            "<cpu mode='maximum'",
            "<cpu mode='custom' match='exact'><model>Nehalem</model",
            "<cpu><model>Westmere</model",
            "<cpu mode='custom'><model fallback='forbid'>kvm64</model",
            "<cpu mode='bogus'",
            "");

    private static final List<String> OF_CPU = List.of(
            "<feature policy='require' name='invtsc'/>",
            "<feature policy='disable' name='svm'/>",
            "<feature policy='force' name='x2apic'/>",
            "<feature policy='disable' name='hypervisor'/>",
            "<feature policy='optional' name='pcid'/>",
            "<feature policy='forbid' name='vmx'/>",
            "<cache mode='passthrough'/>",
            "<cache level='3' mode='emulate'/>",
            "<cache mode='disable'/>",
            "<maxphysaddr mode='passthrough'/>",
            "<maxphysaddr mode='emulate' bits='40'/>",
            "<feature policy='maybe' name='svm'/>");

    private static final List<String> OF_KVM = List.of(
            "<hidden state='on'/>",
            "<hidden state='off'/>",
            "<poll-control state='on'/>",
            "<pv-ipi state='off'/>",
            "<hint-dedicated state='on'/>",
            "<hidden/>",
            "<hidden state='yes'/>");

    private static final List<String> FEATURES = List.of(
            "<pmu state='off'/>",
            "<pvspinlock state='on'/>",
            "<apic eoi='on'/>",
            "<pae/>",
            "<vmport state='off'/>",
            "<pmu state='on'/>",
            "<pvspinlock/>");

    private static final List<String> STRANGERS = List.of(
            "<hypervclock state='on'/>",
            "<emsr_bitmap state='on'/>",
            "<xmm_input state='on'/>",
            "<vendorid state='on'/>",
            "<relaxed>on</relaxed>",
            "<tlbflush state='on'><direct state='on'/></tlbflush>",
            "<crash state='on'/>");

    private LibvirtCases() {}

    /** The next one; type, CPU and mode are no parts, since something has to stand there. */
    public static Case next(Dice dice) {
        boolean isCareful = dice.chance(50);
        String type = dice.chance(80) ? "kvm" : "qemu";
        String cpu = isCareful ? CPUS.getFirst() : dice.of(CPUS);
        String mode = isCareful
                ? ""
                : dice.of("", "", "", " mode='custom'", " mode='passthrough'", " mode='host-model'", " mode='none'");
        List<String> parts = new ArrayList<>();
        int count = 1 + dice.below(9);
        for (int i = 0; i < count; i++) {
            parts.add("hyperv" + hyperv(dice, isCareful));
        }
        for (int i = dice.below(3); i > 0; i--) {
            parts.add("clock" + (isCareful ? TIMERS.getFirst() : dice.of(TIMERS)));
        }
        if (!isCareful) {
            for (int i = dice.below(3); i > 0; i--) {
                parts.add(dice.of("cpu" + dice.of(OF_CPU), "kvm" + dice.of(OF_KVM), "features" + dice.of(FEATURES)));
            }
        }
        if (dice.chance(10)) {
            parts.add("devices<panic model='hyperv'/>");
        }
        return new Case(
                left -> text(type, mode, cpu, left), parts.stream().distinct().toList());
    }

    private static String hyperv(Dice dice, boolean isCareful) {
        int roll = dice.below(100);
        if (roll < 75) {
            String name = dice.of(SWITCHES);
            String state = isCareful ? "state='on'" : dice.of(STATES);
            boolean isDirect = name.equals("stimer") && dice.chance(50);
            return isDirect
                    ? "<stimer %s><direct %s/></stimer>".formatted(state, isCareful ? "state='on'" : dice.of(STATES))
                    : "<%s %s/>".formatted(name, state);
        }
        if (roll < 87) {
            return "<spinlocks %s retries='%s'/>"
                    .formatted(isCareful ? "state='on'" : dice.of(STATES), isCareful ? "8191" : dice.of(RETRIES));
        }
        if (roll < 97 || isCareful) {
            return "<vendor_id %s value='%s'/>"
                    .formatted(isCareful ? "state='on'" : dice.of(STATES), isCareful ? "KVM Hv" : dice.of(VENDORS));
        }
        return dice.of(STRANGERS);
    }

    /** Pieces of a domain that somebody has, in one around them of a type, as kvm. */
    public static String around(String type, String pieces) {
        return domain(type, pieces + "\n");
    }

    private static String domain(String type, String inner) {
        return """
                <domain type='TYPE'>
                  <name>oracle</name>
                  <memory unit='MiB'>64</memory>
                  <os><type arch='x86_64' machine='q35'>hvm</type></os>
                INNER</domain>
                """.replace("TYPE", type).replace("INNER", inner);
    }

    private static String text(String type, String mode, String cpu, List<String> parts) {
        Map<String, StringBuilder> places = new LinkedHashMap<>();
        for (String place : List.of("hyperv", "kvm", "features", "cpu", "clock", "devices")) {
            places.put(place, new StringBuilder());
        }
        for (String part : parts) {
            int begin = part.indexOf('<');
            places.get(part.substring(0, begin))
                    .append("    ")
                    .append(part.substring(begin))
                    .append('\n');
        }
        StringBuilder out = new StringBuilder("  <features>\n");
        if (!places.get("hyperv").isEmpty() || !mode.isEmpty()) {
            out.append("    <hyperv")
                    .append(mode)
                    .append(">\n")
                    .append(places.get("hyperv"))
                    .append("    </hyperv>\n");
        }
        if (!places.get("kvm").isEmpty()) {
            out.append("    <kvm>\n").append(places.get("kvm")).append("    </kvm>\n");
        }
        out.append(places.get("features")).append("  </features>\n");
        if (!cpu.isEmpty()) {
            out.append("  ").append(cpu).append(">\n").append(places.get("cpu")).append("  </cpu>\n");
        }
        out.append("  <clock offset='utc'>\n").append(places.get("clock")).append("  </clock>\n");
        if (!places.get("devices").isEmpty()) {
            out.append("  <devices>\n").append(places.get("devices")).append("  </devices>\n");
        }
        return domain(type, out.toString());
    }
}
