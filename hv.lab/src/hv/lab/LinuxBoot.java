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

    LinuxBoot(int smp) {
        this.smp = smp;
    }

    @Override
    public String name() {
        return "linux";
    }

    /** As many as the guest has, because the time that it takes counts. */
    @Override
    public int outerProcessors(int smp) {
        return smp;
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
