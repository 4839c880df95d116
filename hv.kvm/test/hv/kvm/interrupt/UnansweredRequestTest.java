package hv.kvm.interrupt;

import static org.junit.jupiter.api.Assertions.assertEquals;

import hv.kvm.Kvm;
import hv.kvm.abi.Handle;
import hv.kvm.abi.Ioctl;
import hv.kvm.abi.KvmDevice;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("An interrupt that KVM does not take")
class UnansweredRequestTest {
    private static final Logger LOG = Logger.getLogger(UnansweredRequest.class.getName());

    private final List<LogRecord> logged = new CopyOnWriteArrayList<>();
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord entry) {
            logged.add(entry);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeEach
    void listen() {
        LOG.setUseParentHandlers(false);
        LOG.addHandler(handler);
    }

    @AfterEach
    void stopListening() {
        LOG.removeHandler(handler);
        LOG.setUseParentHandlers(true);
    }

    private List<Object> counts() {
        return logged.stream().map(entry -> entry.getParameters()[3]).toList();
    }

    @Test
    @DisplayName("is lost, and logged the first, the tenth and the hundredth time: a message")
    void message() {
        try (Arena arena = Arena.ofConfined()) {
            MsiTable messages = new MsiTable(new Handle(-1, "VM"), 1, arena);
            for (int i = 0; i < 120; i++) {
                messages.send(0, 0x40);
            }
            assertEquals(List.of(1L, 10L, 100L), counts());
            assertEquals("EBADF", logged.getFirst().getParameters()[2]);
        }
    }

    @Test
    @DisplayName("is lost, and logged the first, the tenth and the hundredth time: a line")
    void line() {
        try (Arena arena = Arena.ofConfined()) {
            InterruptLines lines = new InterruptLines(new Handle(-1, "VM"), arena);
            for (int i = 0; i < 12; i++) {
                lines.set(4, true);
            }
            assertEquals(List.of(1L, 10L), counts());
        }
    }

    @Test
    @DisplayName("because no local APIC is there to take it is the guest's doing, and is not logged")
    void nobodyThere() {
        Assumptions.assumeTrue(Kvm.whyUnusable().isEmpty(), "needs /dev/kvm");
        try (Arena arena = Arena.ofConfined();
                Handle device = KvmDevice.open(KvmDevice.DEFAULT);
                Handle vm = new Handle(device.call(Ioctl.KVM_CREATE_VM, 0), "VM")) {
            vm.call(Ioctl.KVM_CREATE_IRQCHIP, 0);
            new MsiTable(vm, 1, arena).send(0, 0x40);
            assertEquals(List.of(), logged);
        }
    }
}
