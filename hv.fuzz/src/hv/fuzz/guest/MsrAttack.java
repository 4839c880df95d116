package hv.fuzz.guest;

import hv.api.GuestFault;
import hv.fuzz.target.Choices;

/** RDMSR and WRMSR. */
final class MsrAttack implements Attack {
    @Override
    public void on(AttackedPartition partition, Choices choices) {
        int vp = choices.below(partition.vps.length);
        boolean isRead = choices.oneIn(3);
        int msr = MsrChoice.index(choices);
        if (isRead) {
            read(partition, vp, msr);
        } else {
            write(partition, vp, msr, MsrChoice.value(choices, msr, partition.memoryBytes()));
        }
    }

    private static void read(AttackedPartition partition, int vp, int msr) {
        try {
            partition.answer(partition.vps[vp].readMsr(msr));
        } catch (GuestFault fault) {
            partition.answer(fault.vector());
        }
    }

    private static void write(AttackedPartition partition, int vp, int msr, long value) {
        boolean hasPage = RegisteredPages.has(msr);
        if (hasPage) {
            partition.pages.name(value, true);
        }
        try {
            partition.vps[vp].writeMsr(msr, value);
            if (hasPage) {
                partition.pages.registered(vp, msr, value);
            }
            partition.answer(0);
        } catch (GuestFault fault) {
            partition.answer(fault.vector());
        } finally {
            if (hasPage) {
                partition.pages.name(value, false);
            }
        }
    }
}
