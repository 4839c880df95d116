package hv.flags;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Finds the domains in XML that libvirt or people put together: one domain, several in a row, one inside of a status or
 * a snapshot, or parts of one that follow each other. Used by one thread for one text.
 */
final class LibvirtPieces {
    private static final int DEEPEST = 64;
    private static final int LONGEST_NAME = 120;
    private static final Set<String> AROUND =
            Set.of("domstatus", "domainsnapshot", "domaincheckpoint", "domains", "domain-backup", "vmdump");
    private static final Set<String> PARTS =
            Set.of("features", "hyperv", "cpu", "clock", "devices", "commandline", "kvm", "os");
    private static final Set<String> BESIDE = Set.of(
            "name",
            "uuid",
            "title",
            "description",
            "metadata",
            "memory",
            "currentMemory",
            "memoryBacking",
            "vcpu",
            "iothreads",
            "cputune",
            "resource",
            "pm",
            "on_poweroff",
            "on_reboot",
            "on_crash",
            "seclabel",
            "launchSecurity",
            "sysinfo",
            "genid");
    private static final Set<String> OFFERS = Set.of("domainCapabilities", "capabilities");

    private final Deque<String> path = new ArrayDeque<>();
    private final List<LibvirtDomain> domains = new ArrayList<>();
    private final LibvirtDomain parts = new LibvirtDomain(false);
    private LibvirtDomain current = parts;
    private int domainDepth;
    private boolean hasParts;
    private String stranger = "";

    /** An element begins; {@code attributes} gives null for what is not there. */
    void start(String name, UnaryOperator<String> attributes) throws UnusableTextException {
        if (path.size() > DEEPEST) {
            throw new UnusableTextException("the XML is more than " + DEEPEST + " elements deep");
        }
        String parent = path.size() < 2 ? "" : path.peek();
        if (path.size() == 1) {
            parent = top(name);
        }
        if (name.equals("domain") && domainDepth == 0 && (path.size() == 1 || isAround())) {
            current = new LibvirtDomain(true);
            domainDepth = path.size();
            parent = "";
        }
        boolean isRead = domainDepth > 0 || !isAround();
        if (!path.isEmpty() && isRead) {
            current.start(parent, name, attributes);
        }
        path.push(name);
    }

    /** An element ends that held {@code text}. */
    void end(String text) throws UnusableTextException {
        String name = path.pop();
        if (path.isEmpty()) {
            return;
        }
        if (domainDepth > 0 || !isAround()) {
            current.end(path.size() < 2 ? "" : path.peek(), name, text);
        }
        if (path.size() == domainDepth && domainDepth > 0) {
            domains.add(current);
            current = parts;
            domainDepth = 0;
        }
    }

    /** What the last domain, or all parts together, come to. */
    Reading finish(String source) throws UnusableTextException {
        if (domains.isEmpty() && !hasParts) {
            throw new UnusableTextException(
                    OFFERS.contains(stranger)
                            ? "<" + stranger
                                    + "> says what a host offers and is no guest; hand over a domain: virsh dumpxml NAME"
                            : "this is XML but no libvirt domain: its first element is <"
                                    + Shown.of(stranger, LONGEST_NAME) + ">, not <domain>");
        }
        LibvirtDomain domain = domains.isEmpty() ? parts : domains.get(domains.size() - 1);
        Reading reading = domain.finish(source);
        if (domains.size() > 1) {
            reading.remark("there are %d domains in this text; the last one is the one that is looked at"
                    .formatted(domains.size()));
        }
        return reading;
    }

    /** The parent that an element has when it stands alone. */
    private String top(String name) {
        boolean isInner = LibvirtFlag.ofElement(LibvirtFlag.HYPERV, name).isPresent();
        if (isInner || PARTS.contains(name) || name.equals("timer") || name.equals("panic")) {
            hasParts = true;
        } else if (stranger.isEmpty() && !BESIDE.contains(name)) {
            stranger = name;
        }
        return isInner
                ? LibvirtFlag.HYPERV
                : switch (name) {
                    case "timer" -> "clock";
                    case "panic" -> "devices";
                    default -> "";
                };
    }

    private boolean isAround() {
        return path.size() > 1 && !path.contains("inactiveDomain") && AROUND.contains(outermost());
    }

    private String outermost() {
        String found = "";
        int index = 0;
        for (String name : path) {
            if (++index == path.size() - 1) {
                found = name;
            }
        }
        return found;
    }
}
