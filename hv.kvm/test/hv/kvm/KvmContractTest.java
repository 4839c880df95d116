package hv.kvm;

import hv.api.GuestMemory;
import hv.api.PowerEvent;
import hv.api.host.GuestPartition;
import hv.api.host.Host;
import hv.api.machine.BootState;
import hv.api.machine.IoBus;
import hv.hostkit.HostContract;
import hv.hostkit.HostSubject;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;

@DisplayName("The host on /dev/kvm keeps the contract")
class KvmContractTest extends HostContract {
    private static final int MEMORY_BYTES = 2 << 20;

    @BeforeAll
    static void needsKvm() {
        TestVm.assumeKvm();
    }

    @Override
    protected HostSubject open(int vps) {
        return new Subject(KvmVm.open(VmSpec.of(MEMORY_BYTES, vps), new NoDevices(), new NoEvents()));
    }

    /** VPs that run a loop of one instruction, or were never started by the guest. */
    private record Subject(KvmVm vm) implements HostSubject {
        private static final int CODE = 0x4000;

        @Override
        public Host host() {
            return vm;
        }

        @Override
        public void addVps(GuestPartition partition, int vps) {
            // Booting does.
        }

        @Override
        public void run(GuestPartition partition) {
            GuestMemory memory = vm.memory();
            // jmp $
            vm.boot(
                    partition,
                    BootState.real(0, CODE),
                    () -> memory.write(CODE, new byte[] {(byte) 0xEB, (byte) 0xFE}, 0, 2));
        }

        @Override
        public void close() {
            vm.close();
        }
    }

    private record NoDevices() implements IoBus {
        @Override
        public int in(int port, int bytes) {
            return -1;
        }

        @Override
        public void out(int port, int bytes, int value) {}
    }

    private record NoEvents() implements VmListener {
        @Override
        public void power(PowerEvent event) {}

        @Override
        public void shutdown(int vp) {}

        @Override
        public void failed(int vp, String line) {}
    }
}
