package hv.lab;

import hv.lab.report.Row;
import hv.lab.report.Row.Counts;
import hv.lab.session.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The tests of the workspace that need /dev/kvm, on the real KVM. */
final class KvmTests implements Scenario {
    private static final Pattern SUM =
            Pattern.compile("^lab: tests (\\d{1,6}) passed, (\\d{1,6}) failed, (\\d{1,6}) skipped");
    private static final Pattern FAILED = Pattern.compile("^lab: test failed (.*)");

    @Override
    public String name() {
        return "kvm-tests";
    }

    @Override
    public int limitSeconds() {
        return 600;
    }

    @Override
    public List<Row> judge(Section own, Map<String, Section> all) {
        Optional<Matcher> sum = own.matches(SUM).findFirst();
        if (sum.isEmpty()) {
            return List.of(Row.of(name(), "the tests come to their end", false, own.lastWords()));
        }
        Counts counts = new Counts(number(sum.get(), 1), number(sum.get(), 2), number(sum.get(), 3));
        List<Row> rows = new ArrayList<>();
        rows.add(new Row(name(), "the workspace's tests on /dev/kvm", counts.toString(), counts));
        own.matches(FAILED).forEach(failed -> rows.add(new Row(name(), "a failed test", failed.group(1), Counts.NONE)));
        return rows;
    }

    private static int number(Matcher matcher, int group) {
        return Integer.parseInt(matcher.group(group));
    }
}
