package hv.fuzz.file;

import hv.api.GuestMemory;
import hv.api.host.ConfigurationException;
import hv.api.host.GuestPartition;
import hv.api.host.Hypervisor;
import hv.fuzz.target.Effort;
import hv.fuzz.target.Finding;
import hv.fuzz.target.LogWatch;
import hv.fuzz.target.Target;
import hv.guest.GuestPart;
import hv.guest.GuestPartException;
import hv.guest.GuestProgram;
import hv.guest.HostedGuest;
import hv.hosted.HostedHost;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;

/**
 * The text of a guest part. Has to hold: each error is one line that names file and line; what was compiled is written
 * as text that compiles to the same; and a part that compiles runs to an end, twice to the same one, whatever it does.
 */
public final class PartTarget implements Target {
    private static final String ID = "fuzz";
    private static final int VPS = 2;
    private static final int MOST_MILLIS = 5_000;
    private static final int MOST_BYTES = 256 << 20;
    private static final String OPTIONS = "limit=1ms";

    private final Hypervisor hypervisor;
    private final String flags;
    private final Effort effort = new Effort();
    private final LogWatch log = new LogWatch();

    /** Parts run with everything that {@code hypervisor} has. */
    public PartTarget(Hypervisor hypervisor) {
        this.hypervisor = hypervisor;
        this.flags = hypervisor.everything(HostedHost.builder().build().facts()) + ",hv-enforce-cpuid";
    }

    @Override
    public int run(byte[] input) throws ConfigurationException {
        effort.begin();
        judge(new String(input, StandardCharsets.UTF_8));
        effort.end("a part of %d bytes".formatted(input.length), MOST_MILLIS, MOST_BYTES);
        log.check();
        return 1;
    }

    private void judge(String text) throws ConfigurationException {
        GuestPart part;
        try {
            part = GuestPart.parse(ID, text);
        } catch (GuestPartException e) {
            e.getMessage().lines().forEach(line -> {
                OneLine.check("error", line);
                if (!line.startsWith(ID + ".guest:")) {
                    throw new Finding("an error without a place: " + line);
                }
            });
            return;
        }
        requireSameAgain(part.listing());
        String report = report(part);
        if (!report.equals(report(part))) {
            throw new Finding("the part does not do the same again: " + report);
        }
    }

    private static void requireSameAgain(String listing) {
        try {
            String again = GuestPart.parse(ID, listing).listing();
            if (!again.equals(listing)) {
                throw new Finding("compiled again, the listing is another one:%n%s%n%s".formatted(listing, again));
            }
        } catch (GuestPartException e) {
            throw new Finding("the listing does not compile:%n%s".formatted(listing), e);
        }
    }

    /** What a run of it reports. Time passes whenever the guest looks at the clock, so a run has an end. */
    private String report(GuestPart part) throws ConfigurationException {
        long bytes = GuestProgram.memoryBytes(VPS) + GuestMemory.PAGE_BYTES - 1 & -GuestMemory.PAGE_BYTES;
        HostedHost host = HostedHost.builder().memoryBytes(bytes).build();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        HastyHost hasty = new HastyHost(host);
        try (GuestPartition partition = hypervisor.create(flags, hasty)) {
            for (int vp = 0; vp < VPS; vp++) {
                partition.addVp();
            }
            host.attach(partition);
            GuestProgram program = GuestProgram.of(List.of(part), Set.of());
            int status = new HostedGuest(program, partition, hasty, OPTIONS, out).run();
            String report = out.toString(StandardCharsets.US_ASCII);
            report.lines().forEach(line -> OneLine.check("report", line.isEmpty() ? "-" : line));
            return report + status;
        }
    }
}
