package hv.fuzz.guest;

import hv.api.GuestMemory;
import hv.api.SavedState;
import hv.api.Vendor;
import hv.api.dto.PlaceDTO;
import hv.api.host.ConfigurationException;
import hv.api.host.GuestPartition;
import hv.api.host.GuestVp;
import hv.api.host.Hypervisor;
import hv.api.nested.EnlightenedVmcs;
import hv.fuzz.target.Choices;
import hv.fuzz.target.Finding;
import hv.hosted.HostedHost;
import java.util.List;

/**
 * A partition with its VPs, on a host whose clock stands still unless somebody moves it, so that the same input has the
 * same answers; and a digest of those answers. One thread plays all VPs.
 */
final class AttackedPartition implements AutoCloseable {
    final HostedHost host;
    final GuestPartition partition;
    final GuestVp[] vps;
    final RegisteredPages pages;
    final List<String> slots;
    final CallRegisters registers = new CallRegisters();
    private final WatchedMemory watched;
    private final String flags;
    private long digest = 1;

    AttackedPartition(Hypervisor hypervisor, Shape shape, Choices choices, Scribbler scribbler) {
        int count = shape.vps(choices);
        Vendor vendor = choices.oneIn(3) ? Vendor.AMD : Vendor.INTEL;
        host = HostedHost.builder()
                .memoryBytes(shape.memoryBytes(choices))
                .vendor(vendor)
                .build();
        pages = new RegisteredPages(host.memoryBytes(), count);
        watched = new WatchedMemory(host.memory(), pages, scribbler);
        flags = flags(hypervisor.everything(host.facts()).toString(), vendor, choices);
        try {
            partition = hypervisor.create(flags, new WatchedHost(host, watched));
        } catch (ConfigurationException e) {
            throw new Finding("everything deployed does not start: " + flags, e);
        }
        vps = new GuestVp[count];
        for (int vp = 0; vp < count; vp++) {
            vps[vp] = partition.addVp();
        }
        host.attach(partition);
        slots = partition.places().all().stream().map(PlaceDTO::id).toList();
        drain();
    }

    private static String flags(String everything, Vendor vendor, Choices choices) {
        String nested = vendor == Vendor.INTEL ? ",hv-evmcs" : "";
        return switch (choices.below(8)) {
            case 0 -> everything;
            case 1, 2, 3 -> everything + ",hv-enforce-cpuid";
            case 4 -> everything + ",hv-syndbg" + nested + ",hv-enforce-cpuid";
            case 5 -> everything + ",hv-syndbg";
            case 6 -> "hv-vpindex";
            default -> "hv-relaxed,hv-vpindex,hv-time,hv-synic,hv-stimer,hv-enforce-cpuid";
        };
    }

    /** The RAM as the guest itself reaches it. */
    GuestMemory memory() {
        return host.memory();
    }

    /** The RAM as the product reaches it. */
    GuestMemory watchedMemory() {
        return watched;
    }

    long memoryBytes() {
        return host.memoryBytes();
    }

    /** Drains all VPs once. */
    void drain() {
        for (GuestVp vp : vps) {
            vp.drain();
        }
    }

    /** The partition's state, with nothing left to be done by a VP. */
    SavedState save() {
        drain();
        return partition.save();
    }

    /** Finds out which pages are registered, after something that changes registers without writing them. */
    void askForPages() {
        pages.ask(vps);
        for (int vp = 0; vp < vps.length; vp++) {
            askForNestedPage(vp);
        }
    }

    /** Asks for the page of the enlightened VMCS of one VP. */
    void askForNestedPage(int vp) {
        partition
                .service("evmcs", EnlightenedVmcs.OfPartition.class)
                .ifPresent(all -> pages.nested(vp, all.vp(vp).gpa()));
    }

    /** Adds an answer to the digest. */
    void answer(long value) {
        digest = digest * 31 + value;
        digest ^= digest >>> 29;
    }

    /** What all answers so far come to. */
    long digest() {
        return digest;
    }

    /** Looks for writes where nothing may be written. */
    void checkMemory() {
        String violation = watched.takeViolation();
        if (!violation.isEmpty()) {
            throw new Finding("%s (flags %s, %d VPs)".formatted(violation, flags, vps.length));
        }
    }

    @Override
    public void close() {
        partition.close();
    }
}
