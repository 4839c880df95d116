package hv.hostkit;

import static hv.hostkit.Advice.require;

import hv.api.LocalApic;
import hv.api.VpSet;
import hv.api.host.Host;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.opentest4j.TestAbortedException;

/** What a host may promise by its facts, and need not. */
final class PromiseRules {
    private static final long MEASURED_NANOS = 100_000_000;

    private PromiseRules() {}

    static List<Rule> all() {
        return List.of(
                new Rule("If tlbFlush is promised, a VP flushes all others while they run", PromiseRules::tlbFlush),
                new Rule(
                        "If vpRunTime is promised, it is no more than has passed, and does not go back",
                        PromiseRules::runTime),
                new Rule("If apicAccess is promised, each VP has one APIC of its own", PromiseRules::apic),
                new Rule(
                        "If autoEoi is promised, such interrupts are requested without waiting",
                        PromiseRules::autoEoi));
    }

    private static void promised(boolean isPromised, String fact) {
        if (!isPromised) {
            throw new TestAbortedException("the facts do not promise " + fact);
        }
    }

    private static void tlbFlush(Trial trial) throws Exception {
        Host host = trial.host();
        promised(host.facts().tlbFlush(), "tlbFlush");
        VpSet all = new VpSet();
        for (int vp = 0; vp < trial.vps(); vp++) {
            all.add(vp);
        }
        for (int vp = 0; vp < trial.vps(); vp++) {
            int caller = vp;
            boolean isDone = trial.onVp(vp, "come back from Host.flushTlb", () -> host.flushTlb(caller, all));
            require(
                    isDone,
                    "the facts promise tlbFlush, and Host.flushTlb gives false: flush, or leave HostFacts.Builder.tlbFlush out");
        }
    }

    private static void runTime(Trial trial) throws Exception {
        Host host = trial.host();
        promised(host.facts().vpRunTime(), "vpRunTime");
        long startNanos = System.nanoTime();
        long first = trial.onVp(0, "drain", () -> host.vpRunTime100ns(0));
        long last = first;
        while (System.nanoTime() - startNanos < MEASURED_NANOS) {
            long now = trial.onVp(0, "drain", () -> host.vpRunTime100ns(0));
            require(
                    now >= last,
                    "Host.vpRunTime100ns went back from %d to %d: it never does, on whatever thread it is asked"
                            .formatted(last, now));
            last = now;
            LockSupport.parkNanos(MEASURED_NANOS / 20);
        }
        long passed100ns = (System.nanoTime() - startNanos) / 100;
        require(
                last - first <= passed100ns + passed100ns / 10,
                "Host.vpRunTime100ns has grown by %d while %d passed: its unit is 100 ns"
                        .formatted(last - first, passed100ns));
    }

    private static void apic(Trial trial) throws Exception {
        Host host = trial.host();
        promised(host.facts().apicAccess(), "apicAccess");
        trial.partition();
        LocalApic before = null;
        for (int vp = 0; vp < trial.vps(); vp++) {
            int index = vp;
            Optional<LocalApic> given = trial.onVp(vp, "drain", () -> host.apic(index));
            require(
                    given.isPresent() && given.get() == host.apic(vp).orElse(null),
                    "Host.apic(%d) gives none, or another object each time: keep one for each VP".formatted(vp));
            require(given.get() != before, "Host.apic gives two VPs the same APIC: each has its own");
            before = given.get();
        }
    }

    private static void autoEoi(Trial trial) throws Exception {
        Host host = trial.host();
        promised(host.facts().autoEoi(), "autoEoi");
        trial.running();
        trial.soon("Host.interruptAutoEoi waits or throws: put the request where the VP finds it and return", () -> {
            for (int vp = 0; vp < trial.vps(); vp++) {
                host.interruptAutoEoi(vp, 0x80);
            }
            return null;
        });
        trial.onVp(0, "go on after an interrupt", () -> null);
    }
}
