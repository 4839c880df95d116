package hv.kvm;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The MSRs that hold guest state, as this host's KVM lists them: not the synthetic ones, which are the partition's, and
 * not the time stamp counter, which is set for all vCPUs at once ({@link GuestTsc}). Immutable; any thread.
 */
final class MsrList {
    private static final int LIST_MAX = 1024;
    private static final int FIRST_SYNTHETIC_MSR = 0x4000_0000;
    private static final int SYNTHETIC_MSRS = 0x200;
    private static final int BATCH = 256;
    private static final int HEADER = 8;
    private static final int ENTRY = 16;

    private final List<Msr> wanted;

    private record Msr(int number, long value) {}

    MsrList(Handle device) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment list = arena.allocate(4 + 4 * LIST_MAX, 4);
            list.set(ValueLayout.JAVA_INT, 0, LIST_MAX);
            device.call(Ioctl.KVM_GET_MSR_INDEX_LIST, list);
            long bytes = 4L * list.get(ValueLayout.JAVA_INT, 0);
            wanted = Arrays.stream(list.asSlice(4, bytes).toArray(ValueLayout.JAVA_INT))
                    .filter(MsrList::isState)
                    .mapToObj(number -> new Msr(number, 0))
                    .toList();
        }
    }

    private static boolean isState(int msr) {
        boolean synthetic = msr >= FIRST_SYNTHETIC_MSR && msr < FIRST_SYNTHETIC_MSR + SYNTHETIC_MSRS;
        return !synthetic && msr != GuestTsc.IA32_TIME_STAMP_COUNTER && msr != GuestTsc.IA32_TSC_ADJUST;
    }

    /** Those that {@code vcpu} has; which ones does not change once its CPUID is set. */
    SortedMap<Integer, Long> read(Vcpu vcpu) {
        SortedMap<Integer, Long> values = new TreeMap<>();
        transfer(vcpu, Ioctl.KVM_GET_MSRS, wanted).forEach(msr -> values.put(msr.number(), msr.value()));
        return values;
    }

    /**
     * Sets them.
     *
     * @return the first one that KVM refuses although it has another value, as {@code MSR 0x174}
     */
    Optional<String> write(Vcpu vcpu, SortedMap<Integer, Long> values) {
        List<Msr> all = new ArrayList<>();
        values.forEach((number, value) -> all.add(new Msr(number, value)));
        List<Msr> taken = transfer(vcpu, Ioctl.KVM_SET_MSRS, all);
        if (taken.size() == all.size()) {
            return Optional.empty();
        }
        // Some are listed and readable, but constant.
        SortedMap<Integer, Long> now = read(vcpu);
        all.removeAll(taken);
        return all.stream()
                .filter(msr -> !now.getOrDefault(msr.number(), ~msr.value()).equals(msr.value()))
                .findFirst()
                .map(msr -> "MSR 0x%x".formatted(msr.number()));
    }

    /**
     * Moves MSRs in as few calls as possible, and returns those that were. KVM stops at one that it refuses; that one is
     * passed over.
     */
    private static List<Msr> transfer(Vcpu vcpu, Ioctl request, List<Msr> msrs) {
        List<Msr> done = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment block = arena.allocate(HEADER + (long) ENTRY * BATCH, 8);
            int next = 0;
            while (next < msrs.size()) {
                int count = Math.min(BATCH, msrs.size() - next);
                block.set(ValueLayout.JAVA_INT, 0, count);
                for (int i = 0; i < count; i++) {
                    long at = HEADER + (long) ENTRY * i;
                    block.set(ValueLayout.JAVA_INT, at, msrs.get(next + i).number());
                    block.set(ValueLayout.JAVA_LONG, at + 8, msrs.get(next + i).value());
                }
                int moved = vcpu.handle().call(request, block);
                for (int i = 0; i < moved; i++) {
                    long at = HEADER + (long) ENTRY * i;
                    done.add(new Msr(block.get(ValueLayout.JAVA_INT, at), block.get(ValueLayout.JAVA_LONG, at + 8)));
                }
                next += moved == count ? count : moved + 1;
            }
        }
        return done;
    }
}
