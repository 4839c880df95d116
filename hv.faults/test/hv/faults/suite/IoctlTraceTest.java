package hv.faults.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Reading strace. */
class IoctlTraceTest {
    @Test
    @DisplayName("Calls on KVM's files are counted by thread and file, as strace counts them when it makes one fail")
    void counts() {
        List<IoctlTrace.Call> calls = IoctlTrace.read(List.of(
                "10 ioctl(0</dev/null>, TCGETS, 0x7ff) = -1 ENOTTY (Inappropriate ioctl for device)",
                "11 ioctl(44</dev/kvm>, KVM_GET_API_VERSION, 0) = 12",
                "11 ioctl(44</dev/kvm>, KVM_CREATE_VM, 0) = 45<anon_inode:kvm-vm>",
                "11 ioctl(45<anon_inode:kvm-vm>, KVM_CREATE_VCPU, 0 <unfinished ...>",
                "11 <... ioctl resumed>) = 46<anon_inode:kvm-vcpu:0>",
                "12 ioctl(46<anon_inode:kvm-vcpu:0>, KVM_RUN, 0) = 0"));
        assertEquals(
                List.of(
                        new IoctlTrace.Call("/dev/kvm", 1, "KVM_GET_API_VERSION", true),
                        new IoctlTrace.Call("/dev/kvm", 2, "KVM_CREATE_VM", true),
                        new IoctlTrace.Call("anon_inode:kvm-vm", 1, "KVM_CREATE_VCPU", true),
                        new IoctlTrace.Call("anon_inode:kvm-vcpu:0", 1, "KVM_RUN", true)),
                calls);
    }

    @Test
    @DisplayName("Of a thread that makes the same call again and again the first three are tried")
    void many() {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            lines.add("12 ioctl(46<anon_inode:kvm-vcpu:0>, KVM_RUN, 0) = 0");
        }
        List<IoctlTrace.Call> calls = IoctlTrace.read(lines);
        assertTrue(calls.get(2).isTried());
        assertFalse(calls.get(3).isTried());
        assertEquals(500, calls.getLast().count());
    }
}
