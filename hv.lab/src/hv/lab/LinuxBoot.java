package hv.lab;

import hv.lab.linux.BootChecks;
import hv.lab.linux.GuestReport;
import hv.lab.report.Row;
import hv.lab.session.Section;
import java.util.List;
import java.util.Map;

/** A stock Linux kernel under hv. */
final class LinuxBoot implements Scenario {
    private final int smp;
    private final boolean isShort;

    /** With {@code smp} processors; in a short lab, which has no reference, nobody compares the time that it takes. */
    LinuxBoot(int smp, boolean isShort) {
        this.smp = smp;
        this.isShort = isShort;
    }

    @Override
    public String name() {
        return "linux";
    }

    /** As the reference, if there is one. */
    @Override
    public int outerProcessors(int smp) {
        return isShort ? 1 : Reference.OUTER_PROCESSORS;
    }

    @Override
    public int limitSeconds() {
        return 180;
    }

    @Override
    public List<Row> judge(Section own, Map<String, Section> all) {
        return new BootChecks(name(), new GuestReport(own), smp).rows();
    }
}
