package hv.soak;

import hv.api.dto.PartitionDTO;
import hv.api.dto.RouteDTO;
import hv.soak.SoakReport.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/** Puts the counts of both sides next to each other, when all has ended. Used once, by one thread. */
final class Comparison {
    private static final int HV_X64_MSR_TIME_REF_COUNT = 0x4000_0020;
    private static final int HV_X64_MSR_EOM = 0x4000_0084;
    private static final int HV_CALL_FLUSH_VIRTUAL_ADDRESS_SPACE = 0x02;
    private static final int HV_CALL_SEND_SYNTHETIC_CLUSTER_IPI = 0x0B;
    private static final int HV_CALL_POST_MESSAGE = 0x5C;
    private static final int HV_CALL_SIGNAL_EVENT = 0x5D;

    private static final long PERIOD_100NS = 10_000;

    /** A timer whose last message is older than that when the guest stops has stopped before. */
    private static final long SILENCE_100NS = 10_000_000;

    /** Each VP's first message and its last. */
    private static final int UNNUMBERED = 2;

    private final List<Row> rows = new ArrayList<>();
    private final List<String> violations;

    /**
     * A comparison without rows.
     *
     * @param violations what is wrong is added here
     */
    Comparison(List<String> violations) {
        this.violations = violations;
    }

    List<Row> rows() {
        return rows;
    }

    /**
     * One VP.
     *
     * @param link the host's side
     * @param counts the guest's
     * @param sender the counts of the VP that sends its IPIs to this one
     */
    void vp(VpLink link, GuestCounts counts, GuestCounts sender, CountingHost host) {
        int vp = link.vp();
        row(vp, "messages to the guest", "posted", link.sent(), "received", counts.messages());
        long messageInterrupts = host.interrupts(vp, VpLink.MESSAGE_VECTOR);
        row(vp, "  and one to stop", "requested", messageInterrupts, "interrupts", counts.messageInterrupts());
        same(vp, "interrupts and messages", counts.messageInterrupts(), counts.messages() + 1);

        long timerInterrupts = host.interrupts(vp, VpLink.TIMER_VECTOR);
        row(vp, "timer messages", "delivered", timerInterrupts, "received", counts.timers());
        same(vp, "interrupts and timer messages", counts.timerInterrupts(), counts.timers());
        long elapsed = (counts.lastExpiration100ns() - counts.firstExpiration100ns()) / PERIOD_100NS + 1;
        row(vp, "timer periods of 1 ms", "elapsed", elapsed, "told+skipped", counts.timers() + counts.skipped());
        if (counts.stop100ns() - counts.lastExpiration100ns() > SILENCE_100NS) {
            wrong(vp, "the timer's last message came more than 1 s before the end");
        }

        row(vp, "IPIs", "requested", host.interrupts(vp, VpLink.IPI_VECTOR), "received", counts.ipisReceived());
        same(vp, "IPIs sent to it and received", sender.ipisSent(), counts.ipisReceived());
        row(vp, "events to the guest", "signalled", link.flagsSet(), "seen", counts.events());
        long eventInterrupts = host.interrupts(vp, VpLink.EVENT_VECTOR);
        row(vp, "  their interrupts", "requested", eventInterrupts, "taken", counts.eventInterrupts());
        same(vp, "interrupts and events", counts.eventInterrupts(), counts.events());
        row(vp, "events to the host", "received", link.eventsReceived(), "signalled", counts.signals());
        row(vp, "messages to the host", "received", link.received(), "posted", counts.posts());
        row(vp, "  refused, tried again", "refused", link.refused(), "busy", counts.postsRefused());

        moves(vp, "message to the guest", counts.messages());
        moves(vp, "timer message", counts.timers());
        moves(vp, "IPI", counts.ipisReceived());
        moves(vp, "event", counts.events());
        moves(vp, "message to the host", counts.posts());
    }

    /** All VPs: what they did, and what the partitions that they were on have counted. */
    void all(List<GuestCounts> counts, List<PartitionDTO> partitions) {
        calls(partitions, HV_CALL_POST_MESSAGE, sum(counts, c -> c.posts() + c.postsRefused() + UNNUMBERED));
        same(
                -1,
                "calls of HvCallPostMessage that were refused",
                seen(partitions, PartitionDTO::hypercalls, HV_CALL_POST_MESSAGE, RouteDTO::refused),
                sum(counts, GuestCounts::postsRefused));
        calls(partitions, HV_CALL_SIGNAL_EVENT, sum(counts, GuestCounts::signals));
        calls(partitions, HV_CALL_SEND_SYNTHETIC_CLUSTER_IPI, sum(counts, GuestCounts::ipisSent));
        calls(partitions, HV_CALL_FLUSH_VIRTUAL_ADDRESS_SPACE, sum(counts, GuestCounts::flushes));
        long eoms = seen(partitions, PartitionDTO::msrs, HV_X64_MSR_EOM, RouteDTO::writes);
        row(-1, "HV_X64_MSR_EOM", "writes", eoms, "made", sum(counts, GuestCounts::eoms));
        long reads = seen(partitions, PartitionDTO::msrs, HV_X64_MSR_TIME_REF_COUNT, RouteDTO::reads);
        row(-1, "HV_X64_MSR_TIME_REF_COUNT", "reads", reads, "made", sum(counts, GuestCounts::clockReads));
        long unrouted =
                partitions.stream().mapToLong(PartitionDTO::unroutedMsrs).sum();
        same(-1, "accesses to MSRs that nobody answers", unrouted, 0);
    }

    private void calls(List<PartitionDTO> partitions, int code, long made) {
        String name = find(partitions.getLast().hypercalls(), code).name();
        row(-1, name, "seen", seen(partitions, PartitionDTO::hypercalls, code, RouteDTO::writes), "made", made);
    }

    private static long seen(
            List<PartitionDTO> partitions,
            Function<PartitionDTO, List<RouteDTO>> kind,
            int number,
            ToLongFunction<RouteDTO> count) {
        return partitions.stream()
                .mapToLong(partition -> count.applyAsLong(find(kind.apply(partition), number)))
                .sum();
    }

    private static RouteDTO find(List<RouteDTO> routes, int number) {
        return routes.stream()
                .filter(route -> route.number() == number)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the partition has no route for 0x%x".formatted(number)));
    }

    private static long sum(List<GuestCounts> counts, ToLongFunction<GuestCounts> count) {
        return counts.stream().mapToLong(count).sum();
    }

    private void row(int vp, String what, String hostSays, long host, String guestSays, long guest) {
        rows.add(new Row(vp, what, hostSays, host, guestSays, guest));
        same(vp, "%s: %s and %s".formatted(what.strip(), hostSays, guestSays), host, guest);
    }

    private void same(int vp, String what, long one, long other) {
        if (one != other) {
            wrong(vp, "%s differ: %d and %d".formatted(what, one, other));
        }
    }

    private void moves(int vp, String what, long count) {
        if (count == 0) {
            wrong(vp, "not one " + what);
        }
    }

    private void wrong(int vp, String line) {
        violations.add(vp < 0 ? line : "VP %d: %s".formatted(vp, line));
    }
}
