package hv.kvm.state;

import hv.kvm.abi.Handle;
import hv.kvm.abi.Ioctl;
import hv.kvm.abi.Msr;
import hv.kvm.abi.Vcpu;
import hv.kvm.layout.KvmMsrEntry;
import hv.kvm.layout.KvmMsrList;
import hv.kvm.layout.KvmMsrs;
import hv.kvm.state.MsrValues.Names;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Optional;

/**
 * The MSRs that hold guest state, as this host's KVM lists them: not the synthetic ones, which are the partition's, and
 * not the time stamp counter, which is set for all vCPUs at once. Any thread.
 */
final class MsrList {
    private static final int LIST_MAX = 1024;
    private static final int BATCH = 256;

    private final int[] wanted;

    /** Those that the last vCPU had. */
    private volatile Names last = new Names();

    MsrList(Handle device) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment list = arena.allocate(KvmMsrList.HEADER_BYTES + 4 * LIST_MAX, 4);
            list.set(ValueLayout.JAVA_INT, KvmMsrList.NMSRS, LIST_MAX);
            device.call(Ioctl.KVM_GET_MSR_INDEX_LIST, list);
            long bytes = 4L * list.get(ValueLayout.JAVA_INT, KvmMsrList.NMSRS);
            wanted = Arrays.stream(list.asSlice(KvmMsrList.HEADER_BYTES, bytes).toArray(ValueLayout.JAVA_INT))
                    .filter(MsrList::isState)
                    .sorted()
                    .toArray();
        }
    }

    private static boolean isState(int msr) {
        return !Msr.isSynthetic(msr) && msr != Msr.IA32_TIME_STAMP_COUNTER && msr != Msr.IA32_TSC_ADJUST;
    }

    /** Those that {@code vcpu} has; which ones does not change once its CPUID is set. */
    MsrValues read(Vcpu vcpu) {
        long[] values = new long[wanted.length];
        boolean[] known = transfer(vcpu, Ioctl.KVM_GET_MSRS, wanted, values);
        int count = 0;
        int[] numbers = new int[wanted.length];
        for (int i = 0; i < wanted.length; i++) {
            if (known[i]) {
                numbers[count] = wanted[i];
                values[count++] = values[i];
            }
        }
        return new MsrValues(names(Arrays.copyOf(numbers, count)), Arrays.copyOf(values, count));
    }

    private Names names(int... numbers) {
        Names names = last;
        if (!names.areThese(numbers)) {
            names = new Names(numbers);
            last = names;
        }
        return names;
    }

    /**
     * Sets them.
     *
     * @return the first one that KVM refuses although it has another value, as {@code MSR 0x174}
     */
    Optional<String> write(Vcpu vcpu, MsrValues wantedValues) {
        Names names = wantedValues.names();
        int[] numbers = new int[names.count()];
        Arrays.setAll(numbers, names::number);
        boolean[] taken = transfer(
                vcpu, Ioctl.KVM_SET_MSRS, numbers, wantedValues.values().clone());
        for (int i = 0; i < numbers.length; i++) {
            // Some are listed and readable, but constant.
            if (!taken[i] && !has(vcpu, numbers[i], wantedValues.values()[i])) {
                return Optional.of("MSR " + names.name(i));
            }
        }
        return Optional.empty();
    }

    private static boolean has(Vcpu vcpu, int number, long value) {
        long[] now = new long[1];
        return transfer(vcpu, Ioctl.KVM_GET_MSRS, new int[] {number}, now)[0] && now[0] == value;
    }

    /**
     * Moves MSRs in as few calls as possible, and returns which ones were. KVM stops at one that it refuses; that one
     * is passed over.
     */
    private static boolean[] transfer(Vcpu vcpu, Ioctl request, int[] numbers, long[] values) {
        boolean[] moved = new boolean[numbers.length];
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment block = arena.allocate(KvmMsrs.entry(BATCH), 8);
            int next = 0;
            while (next < numbers.length) {
                int count = Math.min(BATCH, numbers.length - next);
                block.set(ValueLayout.JAVA_INT, KvmMsrs.NMSRS, count);
                for (int i = 0; i < count; i++) {
                    block.set(ValueLayout.JAVA_INT, KvmMsrs.entry(i) + KvmMsrEntry.INDEX, numbers[next + i]);
                    block.set(ValueLayout.JAVA_LONG, KvmMsrs.entry(i) + KvmMsrEntry.DATA, values[next + i]);
                }
                int done = vcpu.handle().call(request, block);
                for (int i = 0; i < done; i++) {
                    values[next + i] = block.get(ValueLayout.JAVA_LONG, KvmMsrs.entry(i) + KvmMsrEntry.DATA);
                    moved[next + i] = true;
                }
                next += done == count ? count : done + 1;
            }
        }
        return moved;
    }
}
