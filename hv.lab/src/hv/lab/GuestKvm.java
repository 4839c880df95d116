package hv.lab;

import hv.lab.linux.GuestReport;
import hv.lab.report.Row;
import hv.lab.session.Section;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A stock Linux that loads KVM: it asks to be told when the frequency of its TSC changes, because its own guests live
 * by it (arch/x86/hyperv/hv_init.c, set_hv_tscchange_cb).
 */
final class GuestKvm implements Scenario {
    /** HV_X64_MSR_REENLIGHTENMENT_CONTROL: enabled (bit 16), vector 0xEE, target VP 0 (TLFS 12.5.3). */
    private static final Pattern CONTROL = Pattern.compile("0x40000106 = (0x[0-9a-f]{8}000100ee)\\b");

    /** HV_X64_MSR_TSC_EMULATION_CONTROL: the old frequency is to be emulated meanwhile. */
    private static final Pattern EMULATION = Pattern.compile("0x40000107 = (0x0*1)\\b");

    @Override
    public String name() {
        return "guest-kvm";
    }

    @Override
    public int limitSeconds() {
        return 180;
    }

    @Override
    public Optional<String> archive() {
        return Optional.of("kvm");
    }

    @Override
    public List<Row> judge(Section own, Map<String, Section> all) {
        GuestReport report = new GuestReport(own);
        boolean isLoaded = report.values("module").contains("kvm_amd");
        String trouble = report.value("trouble").orElse("not said");
        return List.of(
                Row.of(name(), "the guest loads its kvm-amd", isLoaded, isLoaded ? "" : own.lastWords()),
                value("it asks to be told of changes of the TSC's frequency", own, CONTROL),
                value("it asks for the old frequency to be emulated", own, EMULATION),
                Row.of(name(), "lockups, RCU stalls, kernel bugs", trouble.equals("0"), trouble));
    }

    private Row value(String what, Section own, Pattern pattern) {
        String found =
                own.matches(pattern).map(match -> match.group(1)).findFirst().orElse("");
        return Row.of(name(), what, !found.isEmpty(), found.isEmpty() ? "no such value" : found);
    }
}
