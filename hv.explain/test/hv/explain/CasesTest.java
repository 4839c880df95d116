package hv.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.enlightenment.CpuidBits;
import hv.api.enlightenment.Enlightenment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What people paste into {@code explain}: numbers, names, and lines of logs; the files in {@code cases} are such
 * texts.
 */
class CasesTest {
    private static final Path CASES = Path.of("test/hv/explain/cases");
    private static final Deployed DEPLOYED = new Deployed();
    private static final Handbook HANDBOOK = DEPLOYED.handbook();

    private static String told(String text) {
        return HANDBOOK.explainText(text).sections().stream()
                .flatMap(section -> Stream.concat(
                        Stream.of(section.title()),
                        section.rows().stream().map(row -> row.label() + ": " + row.text())))
                .collect(Collectors.joining("\n"));
    }

    private static void isTold(String text, String piece) {
        String told = told(text);
        assertTrue(told.contains(piece), () -> piece + "\nis not in\n" + told);
    }

    static List<String> asked() throws Exception {
        List<String> lines = new ArrayList<>(Files.readAllLines(CASES.resolve("g01-explain-questions.txt")));
        lines.addAll(Files.readAllLines(CASES.resolve("g03-explain-names.txt")));
        return lines;
    }

    @ParameterizedTest
    @MethodSource("asked")
    @DisplayName("Every number and name of the cases is answered")
    void everyQuestion(String question) {
        assertFalse(told(question).isEmpty());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0xC0351000|there is no hypervisor",
                "0xC0350005|HV status: 0x5 HV_STATUS_INVALID_PARAMETER",
                "c0350012|HV status: 0x12 HV_STATUS_INVALID_CONNECTION_ID",
                "0xD0350006|HV status: 0x6 HV_STATUS_ACCESS_DENIED",
                "0xffffffffc0350003|HV status: 0x3 HV_STATUS_INVALID_HYPERCALL_INPUT",
                "0x1000007e|bug check 0x0000007E SYSTEM_THREAD_EXCEPTION_NOT_HANDLED",
                "1000008e|bug check 0x0000008E KERNEL_MODE_EXCEPTION_NOT_HANDLED",
                "0x1ca|SYNTHETIC_WATCHDOG_TIMEOUT",
                "0x18b|SECURE_KERNEL_ERROR",
                "0x5d|UNSUPPORTED_PROCESSOR",
                "0xed|UNMOUNTABLE_BOOT_VOLUME",
                "133|DPC_WATCHDOG_VIOLATION",
                "7e|SYSTEM_THREAD_EXCEPTION_NOT_HANDLED",
                "20001|HYPERVISOR_ERROR",
                "0x40000118|no QEMU flag sets 0x40000003.EAX[15]",
                "0x4000000a|CPUID leaf 0x4000000a HYPERV_CPUID_NESTED_FEATURES",
                "0x40000003|CPUID leaf 0x40000003 HYPERV_CPUID_FEATURES",
                "0x40000003|MSR 0x40000003 HV_X64_MSR_RESET",
                "40000021|MSR 0x40000021 HV_X64_MSR_REFERENCE_TSC",
                "40000021h|MSR 0x40000021 HV_X64_MSR_REFERENCE_TSC",
                "400000B0=0x30009|SINTx = 3",
                "0xc0000096|STATUS_PRIVILEGED_INSTRUCTION",
                "0x80370102|Hyper-V does not run in this Windows",
                "0x4b564d04|MSR_KVM_PV_EOI_EN",
                "MSR 0x40000073|HV_X64_MSR_VP_ASSIST_PAGE",
                "bug check 0x5c|HAL_INITIALIZATION_FAILED",
                "cpuid leaf 40000004|HYPERV_CPUID_ENLIGHTMENT_INFO",
                "0x40000003.EAX[15]|AccessTscInvariantControls",
                "CPUID.40000003H:EDX[4]|hv-xmm-input",
                "40000004.eax|bit 5: Recommend using relaxed timing, hv-relaxed",
            })
    @DisplayName(
            "Numbers: NTSTATUS of the hypervisor, minidumps, hex without 0x, leaves beside MSRs; a bit that no flag sets is told so")
    void numbers(String question, String piece) {
        isTold(question, piece);
    }

    @ParameterizedTest
    @CsvSource({"0x12345678", "0xdeadbeef", "0xfffff8018a2b1000", "0x1000d1", "0x00060d1a", "987654321", "0xC0DE0005"})
    @DisplayName("A number that is nothing known is said to be that, and is not taken apart as a control word")
    void nothing(String question) {
        String message = assertThrows(IllegalArgumentException.class, () -> told(question))
                .getMessage();
        assertTrue(message.contains("nothing is known about '" + question + "': it is no MSR"), message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "HV_X64_MSR_GUEST_IDLE|MSR 0x400000f0",
                "HV_MSR_TIME_REF_COUNT|MSR 0x40000020 HV_X64_MSR_TIME_REF_COUNT",
                "HvRegisterVpIndex|MSR 0x40000002",
                "HvSyntheticMsrSint0|MSR 0x40000090",
                "MSR_HV_REFERENCE_TSC|MSR 0x40000021",
                "HV_REGISTER_CRASH_P0|MSR 0x40000100",
                "HV_X64_MSR_APIC_ASSIST_PAGE|HV_X64_MSR_VP_ASSIST_PAGE",
                "HVCALL_SEND_IPI|HvCallSendSyntheticClusterIpi",
                "HVCALL_GET_VP_REGISTERS|call 0x0050",
                "HV_EXT_CALL_QUERY_CAPABILITIES|call 0x8001",
                "HvCallVtlCall|call 0x0011",
                "HvPostMessage|call 0x005c",
                "HvCallModifyVtlProtectionMask|virtualization-based security",
                "HV_X64_HYPERCALL_XMM_INPUT_AVAILABLE|0x40000003.EDX[4]",
                "HV_ACCESS_TSC_INVARIANT|opens: MSR 0x40000118",
                "HV_DEPRECATING_AEOI_RECOMMENDED|hv-avic",
                "HYPERV_CPUID_NESTED_FEATURES|0x4000000a",
                "hypervclock|hv-time",
                "synictimer|hv-stimer",
                "vendor_id|hv-vendor-id",
                "tsc-frequency|frequency of the guest's time stamp counter",
                "-hypervisor|without effect",
                "+invtsc|invariant TSC",
                "hv-spinlocks=0x1fff|8191",
                "hv_time=on|reads one steady clock",
                "STATUS_HV_INVALID_PARAMETER|HV_STATUS_INVALID_PARAMETER",
                "HV_STATUS_TIMEOUT|HV_STATUS_TIME_OUT",
                "SYSTEM THREAD EXCEPTION NOT HANDLED|0x0000007E",
                "kvm_hv_stimer_start_periodic|a periodic synthetic timer is started",
                "kvm:kvm_hv_timer_state|nothing of Hyper-V's",
            })
    @DisplayName("Names of the TLFS, Linux, FreeBSD, libvirt, KubeVirt and Windows are known")
    void names(String question, String piece) {
        isTold(question, piece);
    }

    @Test
    @DisplayName("Every name of a bit or field that cpuid prints can be asked about, and is told where it is")
    void everyBit() {
        List<CpuidBits> printed = new ArrayList<>(BitNames.facts());
        for (Enlightenment enlightenment : DEPLOYED.enlightenments()) {
            printed.addAll(Traces.of(enlightenment).places());
        }
        assertTrue(printed.size() > 150, "only " + printed.size());
        for (CpuidBits bits : printed) {
            assertFalse(told(bits.name()).isEmpty(), bits.name());
            assertFalse(told(bits.where().replaceAll(" & .*", "")).isEmpty(), bits.where());
        }
    }

    @Test
    @DisplayName("Several names, or lines with a question each, are answered one after the other")
    void several() {
        isTold("hv-time,hv-stimer", "hv-stimer: synthetic timers");
        isTold("stimer\nno such thing\nvpindex", "hv-vpindex: VP index MSR");
        isTold("stimer\nno-such-thing\nvpindex", "nothing is known about 'no-such-thing'");
    }

    @Test
    @DisplayName("Each message that is listed is answered with its own meaning, and none hides another one")
    void everyMessage() {
        MessageTexts messages = new MessageTexts();
        for (String says : messages.known()) {
            List<Page.Section> sections = messages.read("qemu-system-x86_64: " + says.replace("*", "x"));
            assertEquals(1, sections.size(), says);
            assertEquals(
                    "message \"" + says.replace("*", "...") + "\"",
                    sections.get(0).title());
            assertEquals(
                    List.of("from", "means", "what to do"),
                    sections.get(0).rows().stream().map(Page.Row::label).toList());
        }
    }
}
