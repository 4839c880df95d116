package hv.api.host;

import hv.api.CpuRegisters;
import hv.api.GuestFault;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A virtual processor as the VMM sees it: hand it what the guest did. Methods are called on the VP's own thread unless
 * they say otherwise.
 *
 * <p>The loop of a VMM: {@link #drain}; enter the guest; on exit call one of {@link #readMsr}, {@link #writeMsr},
 * {@link #hypercall}; again.
 */
@ProviderType
public interface GuestVp {
    /** VP index. Any thread. */
    int index();

    /**
     * Answers RDMSR of a synthetic MSR.
     *
     * @param msr any index; outside 0x40000000 to 0x400001FF always a fault
     * @throws GuestFault #GP to inject
     */
    long readMsr(int msr) throws GuestFault;

    /**
     * Carries out WRMSR to a synthetic MSR.
     *
     * @throws GuestFault #GP to inject; nothing has changed
     */
    void writeMsr(int msr, long value) throws GuestFault;

    /**
     * Carries out a hypercall: reads the call from {@code registers} and writes the result value back.
     *
     * @throws GuestFault #UD to inject; no register has changed
     */
    void hypercall(CpuRegisters registers) throws GuestFault;

    /** Does what other threads want this VP to do. Call it before each entry into the guest, and after a kick. */
    void drain();

    /**
     * Runs {@code task} on the VP's thread at its next {@link #drain} and makes that come soon: for inspection from
     * outside. Any thread. The future fails with {@link IllegalStateException} when the partition is closed first or
     * 1,024 tasks wait already.
     */
    <T> CompletableFuture<T> submit(Callable<T> task);

    /**
     * Tells that the guest has ended the interrupt {@code vector}, which was in service. For hosts that see EOIs; where
     * the kernel's APIC keeps them to itself, guests acknowledge by EOM.
     */
    void endOfInterrupt(int vector);
}
