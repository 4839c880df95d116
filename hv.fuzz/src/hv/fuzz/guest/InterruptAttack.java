package hv.fuzz.guest;

import hv.fuzz.target.Choices;
import hv.hosted.HostedApic;

/** Interrupts: a VP takes them, ends them, claims to have ended others, and clears its exit-less EOI. */
final class InterruptAttack implements Attack {
    @Override
    public void on(AttackedPartition partition, Choices choices) {
        int vp = choices.below(partition.vps.length);
        HostedApic apic = partition.host.hostedApic(vp);
        switch (choices.below(6)) {
            case 0 -> partition.vps[vp].endOfInterrupt(choices.below(300) - 20);
            case 1 -> partition.answer(apic.accept());
            case 2 -> {
                apic.enterGuest();
                apic.leaveGuest();
            }
            case 3 -> apic.eoi();
            case 4 -> {
                int vector = apic.accept();
                partition.answer(vector);
                if (vector >= 0) {
                    apic.eoi();
                }
            }
            default -> partition.vps[vp].drain();
        }
        partition.host.takeInterrupts();
        partition.host.takeTlbFlushes();
    }
}
