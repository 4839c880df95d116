package hv.bench.exits;

import hv.api.PowerEvent;
import hv.api.host.ConfigurationException;
import hv.api.host.GuestPartition;
import hv.api.host.Hypervisor;
import hv.api.machine.BootState;
import hv.api.machine.IoBus;
import hv.kvm.KvmVm;
import hv.kvm.VmListener;
import hv.kvm.VmSpec;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;

/**
 * Our side: the run loop of the KVM back end, the partition's routing, the handler of hv-vpindex. The OUT between
 * rounds is taken on the VP's thread, which waits there for the next round, so that nothing runs while the other side
 * does.
 */
final class JavaLoop implements Loop, IoBus, VmListener {
    private static final long FAILED = -1;

    private final KvmVm vm;
    private final GuestPartition partition;
    private final Semaphore go = new Semaphore(0);
    private final LinkedBlockingQueue<Long> rounds = new LinkedBlockingQueue<>();
    private volatile String failure = "";
    private long startNanos;

    JavaLoop(Hypervisor hypervisor) throws ConfigurationException {
        vm = KvmVm.open(VmSpec.of(ExitGuest.MEMORY_BYTES, 1), this, this);
        try {
            partition = hypervisor.create("hv-vpindex", vm);
        } catch (ConfigurationException e) {
            vm.close();
            throw e;
        }
        byte[] code = ExitGuest.code();
        vm.boot(
                partition,
                BootState.protectedMode(ExitGuest.CODE),
                () -> vm.memory().write(ExitGuest.CODE, code, 0, code.length));
    }

    @Override
    public long roundNanos() throws InterruptedException {
        go.release();
        long nanos = rounds.take();
        if (nanos == FAILED) {
            throw new IllegalStateException(failure);
        }
        return nanos;
    }

    @Override
    public int in(int port, int bytes) {
        return -1;
    }

    @Override
    public void out(int port, int bytes, int value) {
        if (startNanos != 0) {
            rounds.add(System.nanoTime() - startNanos);
        }
        go.acquireUninterruptibly();
        startNanos = System.nanoTime();
    }

    @Override
    public void power(PowerEvent event) {
        failed(event.vp(), "the guest asked for " + event);
    }

    @Override
    public void shutdown(int vp) {
        failed(vp, "the guest shut down");
    }

    @Override
    public void failed(int vp, String line) {
        failure = line;
        rounds.add(FAILED);
    }

    @Override
    public void close() {
        vm.requestStop();
        go.release();
        vm.stop();
        partition.close();
        vm.close();
    }
}
