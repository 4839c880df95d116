package hv.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.GuestFault;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The interpreter without a CPU: outcomes, bounds, interrupts, and what runs where. */
class HostedGuestTest {
    private final FakeMachine machine = new FakeMachine(2);

    private static GuestPart part(String id, String text) {
        try {
            return GuestPart.parse(id, text);
        } catch (GuestPartException e) {
            throw new AssertionError(e.getMessage(), e);
        }
    }

    /** What the report says of VP 0 after running {@code text} there. */
    private String outcome(String text) {
        return outcome(text, "");
    }

    private String outcome(String text, String commandLine) {
        String report = machine.run(false, commandLine, part("demo", "run first\n" + text));
        return report.lines()
                .filter(line -> line.startsWith("demo"))
                .findFirst()
                .orElseThrow()
                .substring(20);
    }

    @Test
    @DisplayName("the report: what was found, a line for each part and VP, the sum")
    void report() {
        String report = machine.run(
                false,
                "",
                part("good", "report index, vp\nreport of, vps\npass"),
                part("odd-one", "when 0x40000003.eax 31\npass"),
                part("bad", "if vp == 0 goto skipped\nfail \"wrong\"\nskipped:\nskip \"not here\""));
        assertEquals("""
                hv-guest: 2 vCPUs, 16 MiB, hypervisor "Microsoft Hv" leaves 0x40000000-0x40000005, interface Hv#1
                good          vp 0  ok    index=0 of=2
                good          vp 1  ok    index=1 of=2
                odd-one       not offered
                bad           vp 0  skip  not here
                bad           vp 1  FAIL  bad.guest:2: wrong
                hv-guest: 2 enlightenments on 2 vCPUs: 2 ok, 1 failed, 1 skipped, 1 not offered
                exit 1""", report);
    }

    @Test
    @DisplayName("without Hyper-V the guest succeeds only if no part was expected")
    void noHyperv() {
        machine.leaves.clear();
        GuestPart good = part("good", "pass");
        assertEquals("""
                hv-guest: 2 vCPUs, 16 MiB, no Hyper-V announced
                good          not offered
                hv-guest: Hyper-V is not announced: 0 enlightenments on 2 vCPUs: 0 ok, 0 failed, 1 not offered
                exit 0""", machine.run(false, "", good));
        assertEquals("""
                hv-guest: 2 vCPUs, 16 MiB, no Hyper-V announced
                good          FAIL  expected, but not offered
                hv-guest: Hyper-V is not announced: 0 enlightenments on 2 vCPUs: 0 ok, 1 failed, 0 not offered
                exit 1""", machine.run(true, "", good));
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("what ends a part, and the line it names")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            rdmsr r0, 0x40000055            | FAIL  demo.guest:2: rdmsr 0x40000055 faulted
            wrmsr 0x40000055, 1             | FAIL  demo.guest:2: wrmsr 0x40000055 faulted
            div r0, 1, 0                    | FAIL  demo.guest:2: division by zero
            load64 r0, [0xfffff9]           | FAIL  demo.guest:2: address 0xfffff9 is not RAM
            store8 [-1], 1                  | FAIL  demo.guest:2: address 0xffffffffffffffff is not RAM
            getor32 r0, [scratch+2], 1      | FAIL  demo.guest:2: address 0x52800a is not a multiple of 4
            return                          | FAIL  demo.guest:2: return without call
            expect 1 > 2 "more"             | FAIL  demo.guest:2: more: 0x1 > 0x2 does not hold
            option r0, odd, 1               | FAIL  demo.guest:2: option odd: write a number, a time (5s, 100ms, 20us), yes, no or once
            report n, -1                    | ok    n=18446744073709551615
            report t, 0xfffff8, text, 9     | FAIL  demo.guest:2: address 0xfffff8 is not RAM
            """)
    void endings(String line, String ending) {
        String wanted = line.contains("scratch+2") ? ending.replace("52800a", "528002") : ending;
        assertEquals(wanted, outcome(line + "\npass", "odd=5x"));
    }

    @Test
    @DisplayName("a loop of calls ends at 16")
    void callsAreBounded() {
        assertEquals("FAIL  demo.guest:3: more than 16 calls deep", outcome("x:\ncall x\npass"));
    }

    @Test
    @DisplayName(
            "a part that never ends fails after 60 s or what the option limit says, or when the clock stands still")
    void loopsAreBounded() {
        machine.tscStep = 10_000_000;
        assertEquals("FAIL  demo.guest:3: took longer than it may", outcome("x:\ngoto x", "limit=1s"));
        assertEquals("FAIL  demo.guest:3: took longer than it may", outcome("x:\ngoto x"));
        machine.tscStep = 0;
        assertEquals("FAIL  demo.guest:3: the clock stands still", outcome("x:\ngoto x"));
        assertEquals("FAIL  demo.guest:2: the clock stands still", outcome("halt 1s\npass"));
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("a part that waits for longer than it may run fails, too (README.md: 60 s, option limit)")
    @ValueSource(strings = {"wait r0, 0x40, 1, 1_000_000s", "halt 1_000_000s"})
    void waitsAreBounded(String line) {
        machine.tscStep = 10_000_000;
        assertEquals("FAIL  demo.guest:2: took longer than it may", outcome(line + "\npass", "limit=1s"));
    }

    @Test
    @DisplayName("a limit that is no time is refused before anything runs")
    void badLimit() {
        assertEquals(
                "hv-guest: option limit: write a time (5s, 100ms, 20us)\nexit 1",
                machine.run(false, "limit=soon", part("good", "pass")));
    }

    @Test
    @DisplayName("arithmetic is unsigned, 64 bits, wrapping; shifts by 64 and more give 0")
    void arithmetic() {
        assertEquals("ok    a=18446744073709551614 b=1 c=0 d=0 e=14 f=2 g=18446744073709551615", outcome("""
                mov r0, -1
                mulhi r1, r0, r0
                report a, r1
                mul r1, r0, r0
                report b, r1
                shl r1, 1, 64
                report c, r1
                shr r1, r0, 64
                report d, r1
                div r1, 100, 7
                report e, r1
                rem r1, 100, 7
                report f, r1
                sub r1, 5, 6
                report g, r1
                pass
                """));
    }

    @Test
    @DisplayName(
            "memory is little-endian, in sizes of 1, 2, 4 and 8 bytes, and the atomic operations give what was there")
    void memory() {
        assertEquals("ok    a=0x77 b=0x6677 c=0x11223344 d=0x11223344fffe77ff e=0xfffe77ff f=0xfffe7700", outcome("""
                store64 [scratch+8], 0x1122334455667788
                load8 r0, [scratch+9]
                report a, r0, hex
                load16 r0, [scratch+9]
                report b, r0, hex
                load32 r0, [scratch+12]
                report c, r0, hex
                store8 [scratch+8], 0x1ff
                store16 [scratch+10], 0x1fffe
                load64 r0, [scratch+8]
                report d, r0, hex
                getand32 r0, [scratch+8], -256
                report e, r0, hex
                getor32 r0, [scratch+8], 1
                report f, r0, hex
                pass
                """));
    }

    @Test
    @DisplayName("a fault goes to the else label")
    void faults() {
        machine.calls = (vp, registers) -> {
            throw GuestFault.INVALID_OPCODE;
        };
        assertEquals("ok    reached=3", outcome("""
                rdmsr r0, 0x40000055 else a
                fail "read"
                a:
                add r1, r1, 1
                wrmsr 0x40000055, 1 else b
                fail "written"
                b:
                add r1, r1, 1
                hypercall r0, 8, 0, 0 else c
                fail "called"
                c:
                add r1, r1, 1
                report reached, r1
                pass
                """));
    }

    @Test
    @DisplayName("a hypercall carries RCX, RDX, R8 and XMM, and needs the page with the host's code")
    void hypercalls() {
        List<Long> seen = new ArrayList<>();
        machine.calls = (vp, registers) -> {
            seen.addAll(List.of(
                    registers.rcx(), registers.rdx(), registers.r8(), registers.xmmLow(5), registers.xmmHigh(5)));
            return 0x1_0000_0005L;
        };
        assertEquals("ok    rax=0x100000005", outcome("""
                xmm 5, 1, 2
                hypercall r0, 0x10002, 3, 4
                report rax, r0, hex
                pass
                """));
        assertEquals(List.of(0x10002L, 3L, 4L, 1L, 2L), seen);
        assertEquals(
                "FAIL  demo.guest:3: the hypercall page does not hold the host's code",
                outcome("store8 [0x500000], 0\nhypercall r0, 8, 0, 0\npass"));
        machine.leaf(0x4000_0003, 1 << 6, 0, 0, 0);
        assertEquals("FAIL  demo.guest:2: there is no hypercall page", outcome("hypercall r0, 8, 0, 0\npass"));
    }

    @Test
    @DisplayName("a refused hypercall page is a failure of its own")
    void refusedPage() {
        machine.writes.remove(0x4000_0001);
        String report = machine.run(false, "", part("good", "run first\npass"));
        assertTrue(report.contains("hv-guest: the hypercall page was refused\n"), report);
        assertTrue(report.endsWith("1 ok, 1 failed, 0 not offered\nexit 1"), report);
    }

    @Test
    @DisplayName("interrupts wait until they are let in, count by vector, and end waits and halts")
    void interrupts() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        HostedGuest[] guest = new HostedGuest[1];
        machine.writes.put(0x4000_0090, (vp, value) -> guest[0].interrupt(vp, (int) value));
        guest[0] = machine.guest(false, "", out, part("irq", """
                run first
                wrmsr 0x40000090, 0x51
                count r0, 0x51
                expect r0 == 0 "closed"
                interrupts on
                count r0, 0x51
                expect r0 == 1 "open"
                interrupts off
                wrmsr 0x40000090, 0x51
                wrmsr 0x40000090, 0x51
                wait r0, 0x51, 2, 1s
                expect r0 == 2 "two pending requests of one vector are one interrupt"
                wrmsr 0x40000090, 0x52
                clock r1
                halt 10s
                clock r2
                sub r2, r2, r1
                expect r2 < 1s "halt ends with an interrupt"
                clock r1
                wait r0, 0x53, 1, 50ms
                clock r2
                sub r2, r2, r1
                expect r0 == 0 "no such interrupt"
                expect r2 >= 50ms "wait lasts"
                wrmsr 0x40000090, 5
                wrmsr 0x40000090, 999
                pass
                """));
        assertEquals(0, guest[0].run(), out::toString);
    }

    @Test
    @DisplayName("the handler ends an interrupt unless the part says eoi none; the highest vector comes first")
    void endsOfInterrupts() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        HostedGuest[] guest = new HostedGuest[1];
        machine.writes.put(0x4000_0090, (vp, value) -> guest[0].interrupt(vp, (int) value));
        guest[0] = machine.guest(false, "", out, part("irq", """
                run first
                eoi 0x51, none
                wrmsr 0x40000090, 0x50
                wrmsr 0x40000090, 0x51
                wrmsr 0x40000090, 0xb0
                wait r0, 0x50, 1, 1s
                eoi 0x51, apic
                wrmsr 0x40000090, 0x51
                wait r0, 0x51, 2, 1s
                pass
                """));
        assertEquals(0, guest[0].run(), out::toString);
        assertEquals(List.of(0xB0, 0x50, 0x51), machine.ended);
    }

    @Test
    @DisplayName("VPs that run together see each other, and meet at barriers")
    void together() {
        FakeMachine four = new FakeMachine(4);
        String report = four.run(false, "", part("bits", """
                run together
                shl r1, 1, vp
                getor32 r0, [shared], r1
                barrier
                load32 r0, [shared]
                report all, r0
                barrier
                xor r1, r1, -1
                getand32 r0, [shared], r1
                barrier
                load32 r0, [shared]
                expect r0 == 0 "bits are left"
                pass
                """));
        assertTrue(report.contains("vp 3  ok    all=15"), report);
        assertTrue(report.endsWith("4 ok, 0 failed, 0 not offered\nexit 0"), report);
    }

    @Test
    @DisplayName("a barrier that not all reach fails after 20 s")
    void lonelyBarrier() {
        String report = machine.run(false, "", part("bar", "run together\nif vp == 1 goto out\nbarrier\nout:\npass"));
        assertTrue(report.contains("vp 0  FAIL  bar.guest:3: not all VPs came to the barrier within 20 s"), report);
        assertTrue(report.contains("vp 1  ok"), report);
    }

    @Test
    @DisplayName("registers, scratch and shared memory are fresh for every part and VP")
    void fresh() {
        GuestPart dirty = part("dirty", """
                run first
                load64 r0, [scratch+32760]
                expect r0 == 0 "scratch"
                load64 r0, [shared+16376]
                expect r0 == 0 "shared"
                expect r11 == 0 "register"
                store64 [scratch+32760], 1
                store64 [shared+16376], 1
                mov r11, 5
                pass
                """);
        GuestPart again = part("again", dirty.listing());
        assertTrue(machine.run(false, "", dirty, again).endsWith("2 ok, 0 failed, 0 not offered\nexit 0"));
    }

    @Test
    @DisplayName("every exit drains the VP, and waiting drains all of them")
    void drains() {
        outcome("rdmsr r0, 0x40000002\npass");
        assertTrue(machine.drained.contains(0));
        machine.drained.clear();
        outcome("halt 1ms\npass");
        assertTrue(machine.drained.containsAll(List.of(0, 1)));
    }

    @Test
    @DisplayName("stop ends the run before the next instruction")
    void stop() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        HostedGuest[] guest = new HostedGuest[1];
        machine.writes.put(0x4000_0003, (vp, value) -> guest[0].stop());
        guest[0] = machine.guest(false, "", out, part("demo", "wrmsr 0x40000003, 1\nfail \"still here\""));
        assertEquals(HostedGuest.STOPPED, guest[0].run());
        assertTrue(!out.toString().contains("still here"), out::toString);
    }

    @Test
    @DisplayName("options: number, hex, time, words; the first of its name counts")
    void options() {
        assertEquals("ok    a=5 b=31 c=50000000 d=2 e=7", outcome("""
                option r0, a, 1
                report a, r0
                option r0, b, 1
                report b, r0
                option r0, c, 1
                report c, r0
                option r0, d, 1
                report d, r0
                option r0, e, 7
                report e, r0
                pass
                """, "quiet xa=9 a=5  b=0x1F c=5s d=once a=6"));
    }

    @Test
    @DisplayName("too many VPs or too little memory is said at once")
    void limits() {
        assertEquals(
                "hv-guest: needs 1 to 255 vCPUs\nexit 1", new FakeMachine(256).run(false, "", part("demo", "pass")));
        assertEquals(
                "hv-guest: needs more memory: 6 MiB, and 64 KiB for each vCPU\nexit 1",
                new FakeMachine(200).run(false, "", part("demo", "pass")));
    }
}
