package hv.kvm.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;

import hv.api.machine.Register;
import hv.kvm.abi.Ioctl;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Where the fields of the kernel's structures are")
class LayoutTest {
    /** The fields of a structure with their offsets, laid out as a C compiler does for x86-64. */
    private static final class Declaration {
        private final Map<String, Long> offsets = new TreeMap<>();
        private long end;
        private long alignment = 1;

        Declaration(String fields) {
            for (String field : fields.split(", ")) {
                String[] words = field.split(" ");
                String[] type = words[0].split("[\\[\\]]");
                long bytes = Long.parseLong(type[0].substring(1)) / 8;
                end = aligned(bytes);
                alignment = Math.max(alignment, bytes);
                offsets.put(words[1].toUpperCase(Locale.ROOT), end);
                end += bytes * (type.length > 1 ? Long.parseLong(type[1]) : 1);
            }
        }

        private long aligned(long bytes) {
            return (end + bytes - 1) / bytes * bytes;
        }

        long bytes() {
            return aligned(alignment);
        }
    }

    private static Map<String, Long> constants(Class<?> structure) throws IllegalAccessException {
        Map<String, Long> constants = new TreeMap<>();
        for (Field field : structure.getDeclaredFields()) {
            if (field.getType() == long.class && Modifier.isPublic(field.getModifiers())) {
                constants.put(field.getName(), field.getLong(null));
            }
        }
        return constants;
    }

    private static void assertWhere(Declaration declared, Map<String, Long> constants) {
        constants.forEach((name, offset) -> assertEquals(declared.offsets.get(name), offset, name));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            KvmUserspaceMemoryRegion | KVM_SET_USER_MEMORY_REGION | u32 slot, u32 flags, u64 guest_phys_addr, \
            u64 memory_size, u64 userspace_addr
            KvmEnableCap | KVM_ENABLE_CAP | u32 cap, u32 flags, u64[4] args, u8[64] pad
            KvmDeviceAttr | KVM_SET_DEVICE_ATTR | u32 flags, u32 group, u64 attr, u64 addr
            KvmDeviceAttr | KVM_GET_DEVICE_ATTR | u32 flags, u32 group, u64 attr, u64 addr
            KvmDeviceAttr | KVM_HAS_DEVICE_ATTR | u32 flags, u32 group, u64 attr, u64 addr
            KvmClockData | KVM_GET_CLOCK | u64 clock, u32 flags, u32 pad0, u64 realtime, u64 host_tsc, u32[4] pad
            KvmClockData | KVM_SET_CLOCK | u64 clock, u32 flags, u32 pad0, u64 realtime, u64 host_tsc, u32[4] pad
            KvmIrqLevel | KVM_IRQ_LINE | u32 irq, u32 level
            KvmIrqchip | KVM_GET_IRQCHIP | u32 chip_id, u32 pad, u64[64] chip
            KvmIrqchip | KVM_SET_IRQCHIP | u32 chip_id, u32 pad, u64[64] chip
            KvmMsi | KVM_SIGNAL_MSI | u32 address_lo, u32 address_hi, u32 data, u32 flags, u32 devid, u8[12] pad
            KvmMpState | KVM_GET_MP_STATE | u32 mp_state
            KvmMpState | KVM_SET_MP_STATE | u32 mp_state
            KvmVcpuEvents | KVM_GET_VCPU_EVENTS | u8 exception_injected, u8 exception_nr, \
            u8 exception_has_error_code, u8 exception_pending, u32 exception_error_code, u8 interrupt_injected, \
            u8 interrupt_nr, u8 interrupt_soft, u8 interrupt_shadow, u8 nmi_injected, u8 nmi_pending, \
            u8 nmi_masked, u8 nmi_pad, u32 sipi_vector, u32 flags, u8[4] smi, u8 triple_fault, u8[26] reserved, \
            u8 exception_has_payload, u64 exception_payload
            KvmVcpuEvents | KVM_SET_VCPU_EVENTS | u8 exception_injected, u8 exception_nr, \
            u8 exception_has_error_code, u8 exception_pending, u32 exception_error_code, u8 interrupt_injected, \
            u8 interrupt_nr, u8 interrupt_soft, u8 interrupt_shadow, u8 nmi_injected, u8 nmi_pending, \
            u8 nmi_masked, u8 nmi_pad, u32 sipi_vector, u32 flags, u8[4] smi, u8 triple_fault, u8[26] reserved, \
            u8 exception_has_payload, u64 exception_payload
            KvmMsrFilter | KVM_X86_SET_MSR_FILTER | u32 flags, u64[48] ranges
            KvmLapicState | KVM_GET_LAPIC | u8[128] below, u32[28] tpr, u32[4] spurious_vector, u32[128] isr, \
            u32[4] icr_low, u32[60] icr_high
            KvmLapicState | KVM_SET_LAPIC | u8[128] below, u32[28] tpr, u32[4] spurious_vector, u32[128] isr, \
            u32[4] icr_low, u32[60] icr_high
            KvmFpu | KVM_GET_FPU | u8[128] fpr, u16 fcw, u16 fsw, u8 ftwx, u8 pad1, u16 last_opcode, u64 last_ip, \
            u64 last_dp, u8[256] xmm, u32 mxcsr, u32 pad2
            KvmSregs | KVM_GET_SREGS | u64[15] cs, u64[9] ss, u64[2] gdt, u64[2] idt, u64 cr0, u64 cr2, u64 cr3, \
            u64 cr4, u64 cr8, u64 efer, u64 apic_base, u64[4] interrupt_bitmap
            KvmSregs | KVM_SET_SREGS | u64[15] cs, u64[9] ss, u64[2] gdt, u64[2] idt, u64 cr0, u64 cr2, u64 cr3, \
            u64 cr4, u64 cr8, u64 efer, u64 apic_base, u64[4] interrupt_bitmap
            KvmMsrFilterRange | | u32 flags, u32 nmsrs, u32 base, u64 bitmap
            KvmMsrEntry | | u32 index, u32 reserved, u64 data
            KvmCpuidEntry2 | | u32 function, u32 index, u32 flags, u32 eax, u32 ebx, u32 ecx, u32 edx, u32[3] padding
            KvmSegment | | u64 base, u32 limit, u16 selector, u8 type, u8 present, u8 dpl, u8 db, u8 s, u8 l, u8 g, \
            u8 avl, u8 unusable, u8 padding
            KvmDtable | | u64 base, u16 limit, u16[3] padding
            Timespec | | u64 tv_sec, u64 tv_nsec
            """)
    @DisplayName(
            "linux/kvm.h and asm/kvm.h: each field is where the declaration in C puts it, and the request's number holds the size")
    void structures(String name, String request, String fields) throws ReflectiveOperationException {
        Class<?> structure = Class.forName("hv.kvm.layout." + name);
        Declaration declared = new Declaration(fields);
        assertWhere(declared, constants(structure));
        long bytes = structure.getField("BYTES").getLong(null);
        assertEquals(declared.bytes(), bytes);
        if (request != null) {
            assertEquals(bytes, Ioctl.valueOf(request).structureBytes());
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            KvmMsrs | KVM_GET_MSRS | u32 nmsrs, u32 pad
            KvmMsrs | KVM_SET_MSRS | u32 nmsrs, u32 pad
            KvmMsrList | KVM_GET_MSR_INDEX_LIST | u32 nmsrs
            KvmCpuid2 | KVM_GET_SUPPORTED_CPUID | u32 nent, u32 padding
            KvmCpuid2 | KVM_GET_SUPPORTED_HV_CPUID | u32 nent, u32 padding
            KvmCpuid2 | KVM_SET_CPUID2 | u32 nent, u32 padding
            KvmNestedState | KVM_GET_NESTED_STATE | u16 flags, u16 format, u32 size, u64[15] hdr
            KvmNestedState | KVM_SET_NESTED_STATE | u16 flags, u16 format, u32 size, u64[15] hdr
            """)
    @DisplayName("of a list the request's number holds the size of what stands in front of the entries")
    void lists(String name, String request, String fields) throws ReflectiveOperationException {
        Class<?> structure = Class.forName("hv.kvm.layout." + name);
        Declaration declared = new Declaration(fields);
        assertWhere(declared, constants(structure));
        int bytes = structure.getField("HEADER_BYTES").getInt(null);
        assertEquals(declared.bytes(), bytes);
        assertEquals(bytes, Ioctl.valueOf(request).structureBytes());
    }

    @Test
    @DisplayName("KVM_SET_SIGNAL_MASK: the set of signals is behind its length, without a gap")
    void signalMask() {
        assertEquals(KvmSignalMask.HEADER_BYTES, Ioctl.KVM_SET_SIGNAL_MASK.structureBytes());
        assertEquals(KvmSignalMask.SIGSET, KvmSignalMask.HEADER_BYTES);
        assertEquals(0, KvmSignalMask.LEN);
    }

    @Test
    @DisplayName("struct kvm_regs: RAX first, then RIP and RFLAGS as the last of 18 registers of 8 bytes")
    void registers() {
        assertEquals(0, KvmRegs.offset(Register.RAX));
        assertEquals(6 * 8, KvmRegs.offset(Register.RSP));
        assertEquals(16 * 8, KvmRegs.offset(Register.RIP));
        assertEquals(KvmRegs.BYTES, KvmRegs.offset(Register.RFLAGS) + 8);
        assertEquals(KvmRegs.BYTES, Ioctl.KVM_GET_REGS.structureBytes());
        assertEquals(KvmRegs.BYTES, Ioctl.KVM_SET_REGS.structureBytes());
    }

    private static final String BEFORE =
            "u8 request_interrupt_window, u8 immediate_exit, u8[6] padding1, u32 exit_reason, u8 ready_for_interrupt_injection, "
                    + "u8 if_flag, u16 flags, u64 cr8, u64 apic_base, ";

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            IO | u8 io_direction, u8 io_size, u16 io_port, u32 io_count, u64 io_data_offset
            MMIO | u64 mmio_phys_addr, u8[8] mmio_data, u32 mmio_len, u8 mmio_is_write
            MSR | u8 msr_error, u8[7] msr_pad, u32 msr_reason, u32 msr_index, u64 msr_data
            FAIL_ENTRY | u64 fail_entry_hardware_reason, u32 fail_entry_cpu
            INTERNAL | u32 internal_suberror, u32 internal_ndata, u64[16] internal_data
            EMULATION | u32 emulation_suberror, u32 emulation_ndata, u64 emulation_flags, u8 emulation_insn_size, \
            u8[15] emulation_insn_bytes
            KVM | u8[256] padding, u64 kvm_valid_regs, u64 kvm_dirty_regs, u64 sync_regs
            """)
    @DisplayName("struct kvm_run: each exit's fields are where the declaration in C puts them")
    void runPage(String exit, String fields) throws ReflectiveOperationException {
        Map<String, Long> declared = new Declaration(BEFORE + fields).offsets;
        Map<String, Long> constants = constants(KvmRun.class);
        constants.keySet().retainAll(declared.keySet());
        constants.forEach((name, offset) -> assertEquals(declared.get(name), offset, name));
        assertEquals(
                constants(KvmRun.class).keySet().stream()
                        .filter(name -> name.startsWith(exit + "_"))
                        .toList(),
                constants.keySet().stream()
                        .filter(name -> name.startsWith(exit + "_"))
                        .toList());
    }
}
