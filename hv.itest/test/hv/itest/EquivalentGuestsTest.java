package hv.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import hv.api.host.Hypervisor;
import hv.guest.GuestPart;
import hv.guest.GuestProgram;
import hv.kvm.Kvm;
import hv.machine.CrashAction;
import hv.machine.Machine;
import hv.machine.MachineResult;
import hv.machine.MachineSpec;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * On KVM, guests of our own for what the public bare-metal tests of these enlightenments look at: interrupt controller,
 * connections, timers with and without messages, clock. The first two talk to the test device at port 0x3000.
 */
class EquivalentGuestsTest {
    private static final long MEMORY_BYTES = 64L << 20;
    private static final String FLAGS = "hv-vpindex,hv-time,hv-synic,hv-stimer,hv-enforce-cpuid";

    @BeforeEach
    void needsKvm() {
        Kvm.whyUnusable().ifPresent(why -> assumeTrue(false, why));
    }

    private static void passes(String id, String text) throws Exception {
        Hypervisor hypervisor = ServiceLoader.load(Hypervisor.class).findFirst().orElseThrow();
        GuestProgram program = GuestProgram.of(List.of(GuestPart.parse(id, text)), Set.of(id));
        ByteArrayOutputStream serial = new ByteArrayOutputStream();
        MachineSpec spec = new MachineSpec(
                        FLAGS, 2, MEMORY_BYTES, program.kernel(), id, program.module(), "", serial, CrashAction.STOP)
                .withTestDevice();
        MachineResult result = Machine.run(hypervisor, spec);
        String report = serial.toString(StandardCharsets.US_ASCII);
        assertTrue(result.isSuccess(), () -> report + result.line());
        assertTrue(report.contains(": 2 ok, 0 failed"), report);
    }

    private static void shippedPartPasses(String id, String flags, String options) {
        Program run = Program.run(
                "run", "--backend", "kvm", "--smp", "2", "--cpu", flags + ",hv-enforce-cpuid", "--append", options);
        assertEquals(0, run.status(), run::toString);
        assertEquals(
                2,
                run.out().stream()
                        .filter(line -> line.matches(id + " +vp \\d +ok .*"))
                        .count(),
                run::toString);
    }

    @Test
    @DisplayName(
            "synic: each SINT interrupts each VP; with AutoEOI again and again though the guest ends none (TLFS \"SINTx\")")
    void synic() throws Exception {
        passes("synic", """
                let SCONTROL = 0x40000080
                let SINT0  = 0x40000090
                let SINT15 = 0x4000009f
                let AUTO_EOI = 0x20000
                let MASKED = 0x10000
                let DEVICE = 0x3000
                let RAISE  = 0x30000
                run each
                let sint = r4
                let vector = r5
                let times = r6
                    wrmsr   SCONTROL, 1
                    mov     sint, 0
                next:
                    add     vector, sint, 0x50
                    add     r1, sint, SINT0
                    or      r2, vector, AUTO_EOI
                    and     r0, sint, 1
                    if r0 == 0 goto auto
                    wrmsr   r1, vector          # odd ones: the guest's handler ends it
                    goto    programmed
                auto:
                    eoi     vector, none
                    wrmsr   r1, r2
                programmed:
                    shl     r2, vp, 8
                    or      r2, r2, sint
                    or      r2, r2, RAISE
                    mov     times, 0
                again:
                    add     times, times, 1
                    out32   DEVICE, r2
                    wait    r0, vector, times, 5s
                    expect  r0 == times "interrupts"
                    if times < 3 goto again
                    wrmsr   r1, MASKED
                    out32   DEVICE, r2
                    halt    100us
                    count   r0, vector
                    expect  r0 == 3 "interrupts of a masked SINT"
                    add     sint, sint, 1
                    if sint < 16 goto next
                    wrmsr   SCONTROL, 0
                    pass
                """);
    }

    @Test
    @DisplayName(
            "connections: a posted message and a signalled event come back from the host, one after another, until disconnected")
    void connections() throws Exception {
        passes("connections", """
                let SCONTROL = 0x40000080
                let SIEFP    = 0x40000082
                let SIMP     = 0x40000083
                let EOM      = 0x40000084
                let SINT2    = 0x40000092
                let SINT3    = 0x40000093
                let POST     = 0x5c
                let SIGNAL   = 0x5d
                let FAST     = 0x10000
                let NOBODY   = 0x12
                let BUSY     = 0x13
                let DEVICE   = 0x3000
                let VECTOR   = 0x52
                let EVENTS   = 0x63
                run each
                let input = r4
                let id = r5
                    or      r0, scratch, 1
                    wrmsr   SIMP, r0
                    add     r0, r0, 0x1000
                    wrmsr   SIEFP, r0
                    wrmsr   SCONTROL, 1
                    wrmsr   SINT2, VECTOR
                    wrmsr   SINT3, EVENTS
                    add     id, vp, 0x10
                    add     input, scratch, 0x2000
                    store64 [input], id
                    store32 [input+8], 0x1234
                    store32 [input+12], 240
                    store64 [input+16], 0x1122334455667788
                    store64 [input+248], 0x99
                    hypercall r0, POST, input, 0
                    expect  r0 == NOBODY "posted to nobody"
                    shl     r6, id, 24
                    shl     r1, vp, 8
                    or      r6, r6, r1
                    or      r1, r6, 0x40002     # messages of the id, to SINT2
                    out32   DEVICE, r1
                    hypercall r0, POST, input, 0
                    expect  r0 == 0 "first message"
                    wait    r0, VECTOR, 1, 5s
                    expect  r0 == 1 "interrupts of the first message"
                    store64 [input+16], 0x55
                    hypercall r0, POST, input, 0
                    expect  r0 == 0 "second message, the slot still full"
                    hypercall r0, POST, input, 0
                    expect  r0 == BUSY "third message, the second not delivered"
                    load32  r0, [scratch+0x200]
                    expect  r0 == 0x1234 "type"
                    load8   r0, [scratch+0x204]
                    expect  r0 == 240 "size"
                    load64  r0, [scratch+0x210]
                    expect  r0 == 0x1122334455667788 "first bytes"
                    load64  r0, [scratch+0x2f8]
                    expect  r0 == 0x99 "last bytes"
                    getand32 r0, [scratch+0x200], 0
                    load8   r0, [scratch+0x205]
                    and     r0, r0, 1
                    expect  r0 == 1 "message pending"
                    wrmsr   EOM, 0
                    wait    r0, VECTOR, 2, 5s
                    expect  r0 == 2 "interrupts of the second message"
                    load64  r0, [scratch+0x210]
                    expect  r0 == 0x55 "bytes of the second message"
                    getand32 r0, [scratch+0x200], 0
                    or      r1, r6, 0x50002
                    out32   DEVICE, r1
                    hypercall r0, POST, input, 0
                    expect  r0 == NOBODY "posted after the connection was taken away"

                    or      r1, r6, 0x60003     # events of the id, to SINT3
                    out32   DEVICE, r1
                    or      r2, FAST, SIGNAL
                    hypercall r0, r2, id, 0
                    expect  r0 == 0 "signal"
                    wait    r0, EVENTS, 1, 5s
                    expect  r0 == 1 "interrupts of the event"
                    hypercall r0, r2, id, 0
                    expect  r0 == 0 "signal, the flag still set"
                    halt    100us
                    count   r0, EVENTS
                    expect  r0 == 1 "interrupts of a flag that was set already"
                    mov     r1, 1
                    shl     r1, r1, id
                    getand32 r0, [scratch+0x1300], 0
                    expect  r0 == r1 "event flags"
                    hypercall r0, r2, id, 0
                    wait    r0, EVENTS, 2, 5s
                    expect  r0 == 2 "interrupts of the second event"
                    or      r1, r6, 0x70003
                    out32   DEVICE, r1
                    hypercall r0, r2, id, 0
                    expect  r0 == NOBODY "signal after the connection was taken away"
                    wrmsr   SIMP, 0
                    wrmsr   SIEFP, 0
                    wrmsr   SCONTROL, 0
                    pass
                """);
    }

    @Test
    @DisplayName("stimer: message mode, once, in the past, into a full slot, and 25 periods in step, on each VP")
    void stimerMessages() {
        shippedPartPasses("stimer", "hv-vpindex,hv-time,hv-synic,hv-stimer", "ticks=25");
    }

    @Test
    @DisplayName("stimer direct: with the interrupt controller off, once, in the past, and 25 periods, on each VP")
    void stimerDirect() {
        shippedPartPasses("stimer-direct", "hv-vpindex,hv-time,hv-synic,hv-stimer,hv-stimer-direct", "ticks=25");
    }

    @Test
    @DisplayName("clock: page and counter are one clock that never goes back, for half a second on each VP")
    void clock() {
        shippedPartPasses("time", "hv-time", "clock=500ms");
    }
}
