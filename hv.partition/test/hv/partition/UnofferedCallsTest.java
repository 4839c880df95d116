package hv.partition;

import static org.junit.jupiter.api.Assertions.assertEquals;

import hv.api.host.GuestPartition;
import hv.api.host.GuestVp;
import hv.hosted.HostedHost;
import hv.partition.vp.HypercallMsrs;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnofferedCallsTest {
    @ParameterizedTest
    @CsvSource({
        "0x08001, 2, 6",
        "0x18001, 5, 6",
        "0x08041, 2, 6",
        "0x18041, 5, 6",
        "0x08042, 2, 2",
        "0x18042, 2, 2",
        "0x08000, 2, 2",
        "0x100018001, 5, 6",
        "0x28001, 2, 6",
        "0x1000000018001, 5, 6",
        "0x80000000018001, 5, 6",
        "0x8000000000018001, 3, 6",
        "0x00069, 2, 2",
        "0x10069, 5, 5",
        "0x1006a, 5, 5",
        "0x1006b, 2, 2",
        "0x0006b, 2, 2",
        "0x7fe0069, 2, 2",
        "0x7ff0069, 5, 5",
        "0x20000069, 3, 3"
    })
    @DisplayName(
            "KVM: calls that no flag offers: fast form 5, other form unknown, extended ones denied where CPUID is enforced")
    void answersAsKvm(String control, int lenient, int enforced) throws Exception {
        assertEquals(lenient, status("hv-test", control));
        assertEquals(enforced, status("hv-test,hv-enforce-cpuid", control));
    }

    private static int status(String flags, String control) throws Exception {
        TestEnlightenment announcing = TestEnlightenment.of("test");
        try (GuestPartition partition = PartitionService.of(List.of(announcing))
                .create(flags, HostedHost.builder().memoryBytes(1 << 16).build())) {
            GuestVp vp = partition.addVp();
            vp.writeMsr(HypercallMsrs.HV_X64_MSR_GUEST_OS_ID, 1);
            Registers registers = Registers.of64(Long.parseUnsignedLong(control.substring(2), 16), 0, 0);
            vp.hypercall(registers);
            return (int) registers.rax();
        }
    }
}
