package hv.fuzz.storm;

import hv.api.GuestFault;
import hv.api.host.GuestVp;
import hv.fuzz.guest.CallChoice;
import hv.fuzz.guest.CallRegisters;
import hv.fuzz.guest.MsrChoice;
import hv.hosted.HostedApic;
import java.util.concurrent.locks.LockSupport;

/**
 * A VP: the loop of a VMM, with accesses by chance. Now and then it is in the guest for as long as nobody kicks it, so
 * that a kick that is lost is a task that is never done.
 */
final class Processor extends Worker {
    private final GuestVp vp;
    private final HostedApic apic;
    private final CallChoice call = new CallChoice();
    private final CallRegisters registers = new CallRegisters();
    private volatile Thread thread;

    Processor(Weather weather, int index, long seed) {
        super(weather, seed);
        vp = weather.partition().vp(index);
        apic = weather.host().hostedApic(index);
    }

    /** Has it leave the guest. Any thread. */
    void wake() {
        LockSupport.unpark(thread);
    }

    @Override
    void once() throws InterruptedException {
        thread = Thread.currentThread();
        weather.gate().pass();
        weather.host().takeKick(vp.index());
        vp.drain();
        apic.enterGuest();
        if (choices.below(64) == 0) {
            inGuest();
        }
        apic.leaveGuest();
        if (apic.accept() >= 0 && choices.either()) {
            apic.eoi();
        }
        exit();
        weather.did(Storm.OPERATIONS);
    }

    private void inGuest() {
        while (!weather.isOver()
                && !weather.gate().isClosed()
                && !weather.host().takeKick(vp.index())) {
            LockSupport.park(this);
        }
    }

    private void exit() {
        int msr = MsrChoice.index(choices);
        long memoryBytes = weather.host().memoryBytes();
        try {
            switch (choices.below(10)) {
                case 0, 1, 2 -> vp.readMsr(msr);
                case 3, 4, 5 -> vp.writeMsr(msr, MsrChoice.value(choices, msr, memoryBytes));
                default -> {
                    call.choose(
                            choices,
                            weather.host().memory(),
                            memoryBytes,
                            weather.partition().vpCount());
                    registers.fillXmm(choices);
                    call.into(registers);
                    vp.hypercall(registers);
                }
            }
        } catch (GuestFault fault) {
            weather.did("faults");
        }
    }
}
