package hv.itest.flags;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.Flags;
import hv.api.HostFacts;
import hv.api.Problem;
import hv.api.Vendor;
import hv.api.host.Verdict;
import hv.flags.FlagGrammar;
import hv.flags.FlagWriter;
import hv.flags.Syntax;
import hv.testkit.Deployed;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Flags that mean something in part, judged with every enlightenment there is. */
class HostileFlagsTest {
    private static final int SETS = 5_000;
    private static final long SEED = 20_260_106L;
    private static final List<String> SIGNS = List.of("", "", "", "+", "-");
    private static final List<String> NAMES =
            List.of("host", "invtsc", "tsc-frequency", "hv-passthrough", "hv-enforce-cpuid", "x-hv-max-vps", "hv-tiem");
    private static final List<String> VALUES = List.of(
            "", "", "", "=on", "=no", "=", "=0x1fff", "=18446744073709551616", "=\u00e9\ud83d", "=a b", "=auto");

    @Test
    @DisplayName(
            "Any set of flags gets a verdict; each problem is one line, and what is corrected can be written and is final")
    void judged() throws Exception {
        Random random = new Random(SEED);
        HostFacts host = HostFacts.builder(Vendor.INTEL, 2_600_000_000L, 1_000_000_000L)
                .everything()
                .build();
        try (Deployed deployed = new Deployed()) {
            List<String> names = new ArrayList<>(NAMES);
            deployed.hypervisor().enlightenments().forEach(row -> names.add(row.flag()));
            for (int i = 0; i < SETS; i++) {
                Flags flags = FlagGrammar.read(text(random, names));
                Verdict verdict = deployed.hypervisor().check(flags, host);
                verdict.problems().forEach(HostileFlagsTest::requireLine);
                for (Syntax syntax : Syntax.values()) {
                    FlagWriter.write(syntax, verdict.corrected());
                }
                Verdict again = deployed.hypervisor().check(verdict.corrected(), host);
                assertEquals(verdict.corrected(), again.corrected(), flags::toString);
            }
        }
    }

    private static String text(Random random, List<String> names) {
        StringBuilder text = new StringBuilder();
        for (int words = random.nextInt(6); words >= 0; words--) {
            String name = one(random, names);
            text.append(one(random, SIGNS))
                    .append(random.nextInt(8) == 0 ? name.replace('-', '_') : name)
                    .append(one(random, VALUES))
                    .append(',');
        }
        return text.toString();
    }

    private static String one(Random random, List<String> among) {
        return among.get(random.nextInt(among.size()));
    }

    private static void requireLine(Problem problem) {
        String line = problem.toString();
        assertTrue(!line.isBlank() && line.length() < 2_000, line);
        assertEquals(1, line.lines().count(), line);
    }
}
