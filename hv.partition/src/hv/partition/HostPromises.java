package hv.partition;

import hv.api.HostFacts;
import hv.api.Problem;
import hv.api.Problem.Severity;
import hv.api.VpSet;
import hv.api.host.ConfigurationException;
import hv.api.host.Host;
import java.util.ArrayList;
import java.util.List;

/**
 * Compares what a host says of itself with what it implements. A promise without the method behind it would reach the
 * guest as CPUID bits whose MSRs end in #GP and whose calls are refused; here it ends as an error of the VMM that names
 * the method, before there is a guest.
 *
 * <p>A method that is implemented and not promised is no error: the guest is not told of it. Any thread.
 */
final class HostPromises {
    private HostPromises() {}

    /**
     * Before a partition is built.
     *
     * @throws ConfigurationException that names every method that is promised and not implemented
     */
    static void check(Host host) throws ConfigurationException {
        HostFacts facts = host.facts();
        List<Problem> problems = new ArrayList<>();
        require(problems, host, facts.apicAccess(), "apicAccess", "apic", int.class);
        require(problems, host, facts.autoEoi(), "autoEoi", "interruptAutoEoi", int.class, int.class);
        require(problems, host, facts.tlbFlush(), "tlbFlush", "flushTlb", int.class, VpSet.class);
        require(problems, host, facts.vpRunTime(), "vpRunTime", "vpRunTime100ns", int.class);
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems);
        }
    }

    private static void require(
            List<Problem> problems, Host host, boolean isPromised, String fact, String method, Class<?>... parameters) {
        if (isPromised && !implementsMethod(host, method, parameters)) {
            problems.add(new Problem(
                    Severity.WILL_NOT_START,
                    "",
                    "the facts of host '%s' promise %s, and %s does not implement Host.%s"
                            .formatted(host.name(), fact, host.getClass().getName(), method),
                    "implement Host.%s, or leave HostFacts.Builder.%s out".formatted(method, fact)));
        }
    }

    private static boolean implementsMethod(Host host, String method, Class<?>... parameters) {
        try {
            return host.getClass().getMethod(method, parameters).getDeclaringClass() != Host.class;
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException("Host." + method, e);
        }
    }

    /**
     * When a VP is added.
     *
     * @throws IllegalStateException if its APIC is promised and not given
     */
    static void checkVp(Host host, int vp) {
        if (host.facts().apicAccess() && host.apic(vp).isEmpty()) {
            throw new IllegalStateException(
                    "the facts of host '%s' promise apicAccess, and Host.apic(%d) of %s gives none: give the APIC of every VP, or leave HostFacts.Builder.apicAccess out"
                            .formatted(host.name(), vp, host.getClass().getName()));
        }
    }
}
