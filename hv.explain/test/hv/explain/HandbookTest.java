package hv.explain;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What people ask, and what they are told. */
class HandbookTest {
    private static final Handbook HANDBOOK = new Deployed().handbook();

    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            value = {
                "stimer!hv-stimer: synthetic timers",
                "HV_STIMER!requires: hv-synic (which requires hv-vpindex)",
                "hv-apicv!hv-avic: AVIC/APICv support",
                "spinlocks!flag: hv-spinlocks=N, up to 0xffffffff",
                "hv-no-nonarch-coresharing!flag: hv-no-nonarch-coresharing=off|on|auto",
                "hv-version-id-spack!hv-version-id-build: version id",
                "vapic!: 0x40000004.EAX[3]  Recommend using MSRs for APIC EOI, ICR and TPR",
                "syndbg!migration: hv-syndbg belongs to a debugger on one host and cannot be moved with the guest",
                "hv-enforce-cpuid!hv-enforce-cpuid",
            })
    @DisplayName("An enlightenment is found by id or any of its flags, in either spelling, and told from its own data")
    void enlightenments(String question, String expected) {
        asked(question, expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            value = {
                "0x40000021!MSR 0x40000021 HV_X64_MSR_REFERENCE_TSC",
                "1073741857!MSR 0x40000021 HV_X64_MSR_REFERENCE_TSC",
                "reference_tsc!bits 63:12: Gpfn  (where the page is)",
                "0x40000021=0x5001!bits 63:12: Gpfn = 5 = GPA 0x5000  (where the page is)",
                "0x400000b0=0x30009!bits 19:16: SINTx = 3  (synthetic interrupt source that gets the message; 0 disables a timer with messages)",
                "STIMER0_COUNT=0x989680!bits 63:0: Count = 0x989680 = 1.00000 s  (point in reference time, or a period if Periodic is set; 0 stops the timer)",
                "0x40000022=2600000000!bits 63:0: Frequency = 0x9af8da00 = 2.60000 GHz  (of the time stamp counter, or of the local APIC's timer before its divider)",
                "HV_X64_MSR_SINT15=0x20ff!bits 15:8: reserved = 0x20 (should be 0)",
                "0x40000000=0x8100000006010000!bits 62:56: OsType = 1 = Linux  (which system)",
                "0x40000000=0x0001040a00003839!bits 62:48: VendorId = 1 = Microsoft  (maker of the guest)",
                "0x40000105=0x8000000000000000!bit 63: CrashNotify = 1  (on write: report the parameters now; on read: reporting is possible)",
                "0x400000f2!MSR 0x400000f2 HV_X64_MSR_SYNDBG_STATUS",
                "0x40000085!flag: none; a guest that reads or writes it gets #GP, as in KVM",
            })
    @DisplayName("An MSR is found by number or name and shown bit by bit; a value of it is taken apart (TLFS layouts)")
    void registers(String question, String expected) {
        asked(question, expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            value = {
                "8!call 0x0008 HvCallNotifyLongSpinWait",
                "8!status 0x8 HV_STATUS_OPERATION_DENIED",
                "HvCallSignalEvent!flag: hv-synic",
                "PostMessage!+12: PayloadSize: u32, at most 240",
                "0x50!flag: none; KVM answers 0x2 HV_STATUS_INVALID_HYPERCALL_CODE",
                "0x1000d0000000b!bit 16: Fast = 0  (input is in RDX and R8 (and XMM0 to XMM5), not in memory)",
                "0x1000b!call: HvCallSendSyntheticClusterIpi",
                "0x20015!bits 26:17: VariableHeaderSize = 1  (input beyond the fixed header, in 8 bytes each)",
                "0x80000008!bit 31: IsNested = 1  (TLFS: for the hypervisor below; KVM refuses it as reserved)",
                "0x300000003!bits 43:32: RepsCompleted = 3  (elements done, those before the start index included)",
                "result=6!status: 0x6 HV_STATUS_ACCESS_DENIED",
                "control=0x1234!call: there is no call 0x1234",
                "HV_STATUS_INVALID_SYNIC_STATE!status 0x18 HV_STATUS_INVALID_SYNIC_STATE",
                "invalid_alignment!status 0x4 HV_STATUS_INVALID_ALIGNMENT",
            })
    @DisplayName(
            "A call is found by code, name or control word, a status by number, name or result (TLFS Hypercall Interface)")
    void calls(String question, String expected) {
        asked(question, expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            value = {
                "0xd1 0x8 0x2 0x1 0xfffff8018a2b1000!P0: 0x00000000000000d1  DRIVER_IRQL_NOT_LESS_OR_EQUAL",
                "(0xd1 0x8 0x2 0x1 0xfffff8018a2b1000)!P2: 0x0000000000000002  IRQL",
                "0x101,0x10,0,0xffffe78012345000,2!crash: CLOCK_WATCHDOG_TIMEOUT",
                "0x3 0 0 0 0!P0: 0x0000000000000003  no bug check that is known here",
                "0x1 0x8100000006010000 0xffffffff81000000 0 0!P2: 0xffffffff81000000  RIP",
                "0x139!bug check 0x00000139 KERNEL_SECURITY_CHECK_FAILURE",
                "MEMORY_MANAGEMENT!bug check 0x0000001A MEMORY_MANAGEMENT",
            })
    @DisplayName("Five parameters of a crash are told by the bug check's name, or as Linux writes them")
    void crashes(String question, String expected) {
        asked(question, expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            value = {
                "hv-stimr!nothing is known about 'hv-stimr'; did you mean hv-stimer?",
                "SINT16!nothing is known about 'SINT16'",
                "0x40000085=1!nothing is known about '0x40000085=1'",
                "0x40000021=much!explain takes a number as 0x30009 behind =, not 'much'",
                "1 2 3!explain takes one name or number, or the five parameters of a crash, not '1 2 3'",
                "1 2 3 4 five!explain takes five numbers for a crash, not 'five'",
            })
    @DisplayName("What nobody knows is refused in one line, with what may have been meant")
    void refused(String question, String expected) {
        String message = assertThrows(
                        IllegalArgumentException.class, () -> HANDBOOK.explain(List.of(question.split(" "))))
                .getMessage();
        assertTrue(message.startsWith(expected), message);
    }

    @Test
    @DisplayName("Every name there is can be asked about")
    void names() {
        for (String name : HANDBOOK.names()) {
            assertTrue(!HANDBOOK.explain(List.of(name)).sections().isEmpty(), name);
        }
    }

    @Test
    @Tag("slow")
    @DisplayName("A million random questions, many close to good ones, end in a page or in one short printable line")
    void hostile() {
        Random random = new Random(20_250_311);
        List<String> names = HANDBOOK.names();
        for (int i = 0; i < 1_000_000; i++) {
            String question = question(random, names);
            try {
                Page page = HANDBOOK.explain(List.of(question));
                assertTrue(page.sections().size() <= 4, question);
            } catch (IllegalArgumentException e) {
                assertTrue(e.getMessage().matches("[ -~]{1,300}"), e.getMessage());
            }
        }
    }

    private static String question(Random random, List<String> names) {
        StringBuilder text = new StringBuilder();
        if (random.nextInt(4) == 0) {
            text.append(names.get(random.nextInt(names.size())));
        }
        int more = random.nextInt(20);
        for (int i = 0; i < more; i++) {
            switch (random.nextInt(4)) {
                case 0 -> text.append("0123456789abcdefx=".charAt(random.nextInt(18)));
                case 1 -> text.append((char) random.nextInt(128));
                case 2 -> text.append((char) random.nextInt(0x1_0000));
                default -> text.insert(random.nextInt(text.length() + 1), " ,()=0x-_".charAt(random.nextInt(9)));
            }
        }
        return random.nextInt(10_000) == 0 ? text.toString().repeat(10_000) : text.toString();
    }

    private static void asked(String question, String expected) {
        Page page = HANDBOOK.explain(List.of(question.split(" ")));
        List<String> lines = page.sections().stream()
                .flatMap(section -> Stream.concat(
                        Stream.of(section.title()),
                        section.rows().stream().map(row -> row.label() + ": " + row.text())))
                .toList();
        assertTrue(lines.contains(expected), () -> expected + "\nis not in\n" + String.join("\n", lines));
    }
}
