package hv.explain;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lines of logs that people paste, as programs print them. */
class PastedTest {
    private static final Handbook HANDBOOK = new Deployed().handbook();

    private static String lines(Page page) {
        return page.sections().stream()
                .flatMap(section -> Stream.concat(
                        Stream.of(section.title()),
                        section.rows().stream().map(row -> row.label() + ": " + row.text())))
                .collect(Collectors.joining("\n"));
    }

    /** As a text, and as the words that a shell makes of it. */
    private static void isTold(String text, String piece) {
        String pasted = text.replace("~", "\n");
        String told = lines(HANDBOOK.explainText(pasted));
        assertTrue(told.contains(piece), () -> piece + "\nis not in\n" + told);
        String words = lines(HANDBOOK.explain(List.of(pasted.split("\\s+"))));
        assertTrue(words.contains(piece), () -> piece + "\nis not in\n" + words);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "HV crash parameters: (0x1e 0xffffffffc0000096 0xfffff8004c1e6b34 0x0 0x0)|STATUS_PRIVILEGED_INSTRUCTION",
                "2024-05-03 10:11:12.123+0000: panic hyper-v: arg1='0x133', arg2='0x1', arg3='0x1e00', arg4='0xfffff80367efa320', arg5='0x0'|P2: 0x0000000000001e00  period of the watchdog",
                "{\"event\": \"GUEST_PANICKED\", \"data\": {\"action\": \"pause\", \"info\": {\"type\": \"hyper-v\", \"arg1\": 209, \"arg2\": 8, \"arg3\": 2, \"arg4\": 0, \"arg5\": 18446735288239919104}}}|crash: DRIVER_IRQL_NOT_LESS_OR_EQUAL",
                "*** STOP: 0x0000005C (0x0000000000000110,0x0000000000000001,0x0000000000000019,0xFFFFFFFFC0000001)|crash: HAL_INITIALIZATION_FAILED",
                "STOP: 0x0000007B (0xFFFFF880009A97E8, 0xFFFFFFFFC0000034, 0x0000000000000000, 0x0000000000000000)|crash: INACCESSIBLE_BOOT_DEVICE",
                "*** STOP: 7E|bug check 0x0000007E",
                "The bugcheck was: 0x00000101 (0x0000000000000018, 0x0000000000000000, 0xffffc800d1fc0180, 0x0000000000000003). A dump was saved in: C:\\Windows\\MEMORY.DMP.|P4: 0x0000000000000003  index of the processor that hangs",
                "BugCheck 1E, {ffffffffc0000005, fffff80002e8b0b4, 0, 10}|STATUS_ACCESS_VIOLATION",
                "BUGCHECK_CODE:  20001~BUGCHECK_P1: 11~BUGCHECK_P2: 210720~BUGCHECK_P3: 1005~BUGCHECK_P4: ffffe700010061a0|crash: HYPERVISOR_ERROR",
                "DPC_WATCHDOG_VIOLATION (133)~Arguments:~Arg1: 0000000000000000, A single DPC~Arg2: 0000000000000501, count~Arg3: 0000000000000500, allotment~Arg4: fffff8020dcfb320|P2: 0x0000000000000501  time used, in ticks",
                "Stop code: HYPERVISOR_ERROR (0x20001)|bug check 0x00020001 HYPERVISOR_ERROR",
                "Your PC ran into a problem. Stop code: CLOCK WATCHDOG TIMEOUT|bug check 0x00000101 CLOCK_WATCHDOG_TIMEOUT",
                "HV_X64_MSR_CRASH_P0 = 0x3b~HV_X64_MSR_CRASH_P1 = 0xc0000005~HV_X64_MSR_CRASH_P2 = 0xfffff80012345678|crash: SYSTEM_SERVICE_EXCEPTION",
                "HV_CRASH_P0: 0x1ca HV_CRASH_P1: 0x5 HV_CRASH_P2: 0x6 HV_CRASH_P3: 0x7 HV_CRASH_P4: 0x0|crash: SYNTHETIC_WATCHDOG_TIMEOUT",
                "kvm [12345]: vcpu0, guest rIP: 0xfffff80123456789 hv crash (0xef 0xffffb08f1c0e1140 0x0 0x0 0x0)|crash: CRITICAL_PROCESS_DIED",
                "hyperv: crash 0x1 0x8100000006010000 0xffffffff81000000 0x0 0x0|crash of a Linux guest",
            })
    @DisplayName("Crashes as QEMU, libvirt, QMP, KVM, a blue screen, the event log and the debugger print them")
    void crashes(String text, String piece) {
        isTold(text, piece);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "qemu-system-x86-4242  [003] ..... 1234.5: kvm_hv_hypercall: code 0x2 slow var_cnt 0x0 rep_cnt 0x0 idx 0x0 in 0x1f3c000 out 0x0|code: 0x2 = HvCallFlushVirtualAddressSpace",
                "kvm_hv_hypercall_done: result 0x12|status: 0x12 HV_STATUS_INVALID_CONNECTION_ID",
                "CPU 0/KVM-2211 [001] d..1 88.1: kvm_hv_synic_set_msr: vcpu_id 0 msr 0x40000090 data 0x200d1 host 0|MSR 0x40000090 HV_X64_MSR_SINT0 = 0x200d1",
                "kvm_hv_synic_set_irq: vcpu_id 0 sint 2 vector 209 ret 1|vector: 0xd1",
                "kvm_hv_stimer_set_config: vcpu_id 1 timer 0 config 0x30009 host 0|SINTx = 3",
                "kvm_hv_stimer_set_count: vcpu_id 1 timer 0 count 12345678 host 1|the VMM did it",
                "kvm_hv_stimer_start_periodic: vcpu_id 0 timer 0 time_now 5000000 exp_time 5156250|515.625 ms of reference time",
                "kvm_hv_stimer_expiration: vcpu_id 0 timer 0 direct 1 send result 0|by an interrupt",
                "kvm_hv_flush_tlb: processor_mask 0x5 address_space 0x1aa000 flags 0x3|all processors, all address spaces",
                "kvm_hv_flush_tlb_ex: valid_bank_mask 0x1 format 0x0 address_space 0x0 flags 0x2|a sparse set",
                "kvm_hv_send_ipi: vector e1 processor_mask 0xe|processor_mask: 0xe = 1, 2, 3",
                "kvm_hv_syndbg_set_msr: vcpu_id 0 vp_index 0 msr 0x400000f1 data 0x1|HV_X64_MSR_SYNDBG_CONTROL",
                "kvm_hv_timer_state: vcpu_id 0 hv_timer 1|nothing of Hyper-V's",
                "kvm_hv_something_new: vcpu_id 3|not known here",
                "kvm_msr: msr_write 40000083 = 0x7f001|BaseGpa = 0x7f",
                "kvm_msr: msr_read 40000118 = 0x0 (#GP)|and gets #GP",
                "kvm_cpuid: func 40000003 idx 0 rax 2e7f rbx 30 rcx 0 rdx 80d1a, cpuid entry found|bit 13  AccessReenlightenmentControls",
                "kvm_apicv_inhibit_changed: set reason=1, inhibits=0x2|AutoEOI",
            })
    @DisplayName("Trace points of KVM are told field by field, with the registers that they name")
    void traces(String text, String piece) {
        isTold(text, piece);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "KVM internal error. Suberror: 1~emulation failure~EAX=00000000 EBX=00000000 ECX=00000000 EDX=00000663|emulate an instruction",
                "KVM internal error. Suberror: 3~extra data[0]: 0x0000000080000b0e~RAX=0000000000000001|while an interrupt was delivered",
                "KVM: entry failed, hardware error 0x80000021|VM entry failure",
                "error: kvm run failed Bad address|memory that went away",
                "qemu-system-x86_64: Hyper-V synthetic timers (hv-stimer) requires Hyper-V clocksources (hv-time)|works only together with the second",
                "qemu-system-x86_64: Hyper-V enlightened VMCS (hv-evmcs) is not supported by kernel|Intel hosts only",
                "kvm: Hyper-V clocksources (hv-time) is not supported by kernel|does not have what this flag needs",
                "error: failed to set MSR 0x40000021 to 0x1001|MSR 0x40000021 HV_X64_MSR_REFERENCE_TSC = 0x1001",
                "can't apply global host-x86_64-cpu.hv-emsr-bitmap=on: Property 'host-x86_64-cpu.hv-emsr-bitmap' not found|does not know this flag",
                "error: unsupported configuration: host doesn't support hyperv 'evmcs' feature|the guest would not have this",
                "error: XML error: HyperV spinlock retry count must be at least 4095|4095 or more",
                "error: Hyperv features are not supported for architecture 'aarch64' or machine type 'virt'|x86",
                "qemu-system-x86_64: 'hv-passthrough' CPU flag prevents migration, use explicit set of hv-* flags instead|not moved or saved",
                "qemu-system-x86_64: Guest enabled re-enlightenment notifications, 'tsc-frequency=' has to be specified|tsc-frequency=N",
                "qemu-system-x86_64: -device vmbus-bridge: VMBus requires usable Hyper-V SynIC and VP_INDEX|add hv-synic and hv-vpindex",
                "[    0.10] unchecked MSR access error: RDMSR from 0x40000118 at rIP: 0xffffffff8106a2b4 (native_read_msr+0x4/0x40)|a Linux guest got #GP",
                "kvm [3100]: vcpu1, guest rIP: 0xfffff8014ad2bf2c unhandled rdmsr: 0x40000082|HV_X64_MSR_SIEFP",
                "kvm [3100]: vcpu0, guest rIP: 0xfffff80012345 Hyper-V uhandled wrmsr: 0x400000f0 data 0x1|HV_X64_MSR_GUEST_IDLE",
                "kvm [99]: ignored rdmsr: 0x1a2 data 0x0|none of Hyper-V's",
                "[    0.000000] Hyper-V: privilege flags low 0x2aff, high 0x830, hints 0x4e2c, misc 0x80d12|bit 2  Recommend using hypercall for remote TLB flush",
                "0x40000006 0x00: eax=0x0002000f ebx=0x00000000 ecx=0x00000000 edx=0x00000000|bit 17  UnrestrictedGuestSupported",
                "WslRegisterDistribution failed with error: 0x80370102|nested virtualization is off",
            })
    @DisplayName("Messages of QEMU, libvirt, KVM and Linux are told with what they mean and what to do")
    void messages(String text, String piece) {
        isTold(text, piece);
    }
}
