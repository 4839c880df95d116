package hv.hosted;

import hv.api.GuestMemory;
import hv.api.host.GuestPartition;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** The local APICs of all VPs and what goes between them. Any thread. */
final class ApicBus {
    /** Where an interrupt of one VP for another is requested. */
    @FunctionalInterface
    interface Requests {
        void request(int vp, int vector);
    }

    private final GuestMemory memory;
    private final int tprMask;
    private final Requests requests;
    private final AtomicReferenceArray<HostedApic> apics;
    private volatile GuestPartition partition;

    ApicBus(GuestMemory memory, int tprMask, int maxVps, Requests requests) {
        this.memory = memory;
        this.tprMask = tprMask;
        this.requests = requests;
        this.apics = new AtomicReferenceArray<>(maxVps);
    }

    /** From now on EOIs are told to this partition, and broadcasts reach its VPs. */
    void attach(GuestPartition guest) {
        partition = guest;
    }

    /** The APIC of VP {@code vp}, made when it is first asked for and then always the same. */
    HostedApic apic(int vp) {
        HostedApic apic = apics.get(vp);
        if (apic == null) {
            apics.compareAndSet(vp, null, new HostedApic(this, vp, memory, tprMask));
            apic = apics.get(vp);
        }
        return apic;
    }

    /** Requests a vector of VP {@code vp}; there is no APIC beyond the last possible VP. */
    void request(int vp, int vector, boolean isAutoEoi) {
        if (vp < apics.length()) {
            apic(vp).request(vector, isAutoEoi);
        }
    }

    /**
     * Carries out what VP {@code sender} wrote into its command register. INIT, SIPI, NMI and SMI have no CPU to go to.
     */
    void send(int sender, InterruptCommand command) {
        if (!command.isInterrupt()) {
            return;
        }
        int chosen = command.isForOneTarget() ? chosen(sender, command) : -1;
        for (int target = 0; target < vpCount(sender); target++) {
            if (command.reaches(sender, target) && (chosen < 0 || chosen == target)) {
                requests.request(target, command.vector());
            }
        }
    }

    /** One of the targets, by the vector's remainder, as KVM picks it for lowest priority. */
    private int chosen(int sender, InterruptCommand command) {
        int targets = 0;
        for (int target = 0; target < vpCount(sender); target++) {
            targets += command.reaches(sender, target) ? 1 : 0;
        }
        int nth = targets == 0 ? 0 : command.vector() % targets;
        for (int target = 0; target < vpCount(sender); target++) {
            if (command.reaches(sender, target) && nth-- == 0) {
                return target;
            }
        }
        return -1;
    }

    private int vpCount(int sender) {
        GuestPartition guest = partition;
        return guest == null ? sender + 1 : guest.vpCount();
    }

    /** VP {@code vp} has ended the interrupt {@code vector}. */
    void ended(int vp, int vector) {
        GuestPartition guest = partition;
        if (guest != null) {
            guest.vp(vp).endOfInterrupt(vector);
        }
    }
}
