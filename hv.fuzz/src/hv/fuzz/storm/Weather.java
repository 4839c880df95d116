package hv.fuzz.storm;

import hv.api.host.GuestPartition;
import hv.api.host.GuestVp;
import hv.fuzz.target.Choices;
import hv.hosted.HostedHost;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * What the threads of a storm share: the partition, what they have done, what has gone wrong, and whether it is over.
 * Any thread.
 */
final class Weather {
    private static final int MOST_PROBLEMS = 10;

    private final StormService service;
    private final HostedHost host;
    private final GuestPartition partition;
    private final StopGate gate;
    private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();
    private final LongAccumulator longestTaskNanos = new LongAccumulator(Long::max, 0);
    private final Queue<Throwable> problems = new ConcurrentLinkedQueue<>();
    private volatile boolean isOver;

    Weather(StormService service, HostedHost host, GuestPartition partition) {
        this.service = service;
        this.host = host;
        this.partition = partition;
        this.gate = new StopGate(partition.vpCount());
    }

    StormService service() {
        return service;
    }

    HostedHost host() {
        return host;
    }

    GuestPartition partition() {
        return partition;
    }

    StopGate gate() {
        return gate;
    }

    boolean isOver() {
        return isOver;
    }

    void end() {
        isOver = true;
        gate.giveUp();
    }

    GuestVp anyVp(Choices choices) {
        return partition.vp(choices.below(partition.vpCount()));
    }

    /** Counts something that was done. */
    void did(String what) {
        counts.computeIfAbsent(what, name -> new LongAdder()).increment();
    }

    long count(String what) {
        return counts.containsKey(what) ? counts.get(what).sum() : 0;
    }

    void taskTook(long nanos) {
        longestTaskNanos.accumulate(nanos);
    }

    long longestTaskNanos() {
        return longestTaskNanos.get();
    }

    /** Something has gone wrong. */
    void problem(Throwable problem) {
        if (problems.size() < MOST_PROBLEMS) {
            problems.add(problem);
        }
    }

    Queue<Throwable> problems() {
        return problems;
    }

    /** Lets up to so much time pass, so that the others come to something. */
    static void rest(Choices choices, int mostMicros) {
        LockSupport.parkNanos(1_000L * choices.below(mostMicros));
    }
}
