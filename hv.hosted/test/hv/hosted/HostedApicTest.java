package hv.hosted;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.Vendor;
import hv.api.host.GuestPartition;
import hv.api.host.GuestVp;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostedApicTest {
    private static final int VPS = 3;
    private static final long EOI_WORD = 0x5000;

    private final HostedHost host =
            HostedHost.builder().memoryBytes(1 << 20).vendor(Vendor.AMD).build();
    private final HostedApic apic = host.hostedApic(0);

    /** VP and vector of each interrupt whose end was told to the partition. */
    private final List<String> ended = new ArrayList<>();

    HostedApicTest() {
        host.attach(proxy(GuestPartition.class, (name, argument) -> switch (name) {
            case "vpCount" -> VPS;
            case "vp" ->
                proxy(GuestVp.class, (method, vector) -> ended.add("%d:%#x".formatted((int) argument, (int) vector)));
            default -> throw new UnsupportedOperationException(name);
        }));
    }

    /** Answers methods by name and only argument. */
    private interface Answers {
        Object answer(String name, Object argument);
    }

    private static <T> T proxy(Class<T> type, Answers answers) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, args) -> {
            Object answer = answers.answer(method.getName(), args == null ? null : args[0]);
            return method.getReturnType() == void.class ? null : answer;
        }));
    }

    private List<Integer> acceptAll() {
        List<Integer> taken = new ArrayList<>();
        for (int vector = apic.accept(); vector >= 0; vector = apic.accept()) {
            taken.add(vector);
            apic.eoi();
        }
        return taken;
    }

    @Test
    @DisplayName("SDM, interrupt priority: the highest requested vector comes first")
    void deliversHighestFirst() {
        for (int vector : new int[] {0x30, 0xF6, 0x51, 0x10, 0xFF}) {
            host.interrupt(0, vector);
        }
        assertEquals(List.of(0xFF, 0xF6, 0x51, 0x30, 0x10), acceptAll());
    }

    @Test
    @DisplayName("SDM, IRR: requests of one vector before its delivery are one")
    void requestsOfOneVectorCoalesce() {
        host.interrupt(0, 0x40);
        host.interrupt(0, 0x40);
        assertEquals(List.of(0x40), acceptAll());
    }

    @Test
    @DisplayName("SDM, IRR and ISR: a vector in service can be requested once more, and comes after its EOI")
    void requestsAgainWhileInService() {
        host.interrupt(0, 0x40);
        assertEquals(0x40, apic.accept());
        host.interrupt(0, 0x40);
        assertTrue(apic.isRequested(0x40));
        assertTrue(apic.isInService(0x40));
        assertEquals(-1, apic.accept());
        apic.eoi();
        assertEquals(0x40, apic.accept());
    }

    @Test
    @DisplayName(
            "SDM, processor priority: a vector in service holds back its own class and lower ones, not higher ones")
    void serviceHoldsBackItsClass() {
        host.interrupt(0, 0x67);
        assertEquals(0x67, apic.accept());
        host.interrupt(0, 0x66);
        host.interrupt(0, 0x6F);
        assertEquals(-1, apic.accept());
        host.interrupt(0, 0x80);
        assertEquals(0x80, apic.accept());
        apic.eoi();
        assertEquals(List.of("0:0x80"), ended);
        assertEquals(-1, apic.accept());
        apic.eoi();
        assertEquals(List.of(0x6F, 0x66), acceptAll());
    }

    @ParameterizedTest
    @CsvSource({"0x50, 0x5F, 0x60", "0x5F, 0x5F, 0x60", "0xF0, 0xFF, -1", "0x00, 0x0F, 0x10"})
    @DisplayName("SDM, task priority: holds back vectors of its class and below")
    void taskPriorityHoldsBack(int priority, int heldBack, int delivered) {
        apic.tpr(priority);
        apic.request(heldBack, false);
        assertEquals(-1, apic.accept());
        if (delivered >= 0) {
            apic.request(delivered, false);
            assertEquals(delivered, apic.accept());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 5, 15})
    @DisplayName("vectors 0 to 15 are requested and never delivered: their class is not above any priority")
    void lowestClassIsNeverDelivered(int vector) {
        apic.icr(0x40000 | vector);
        assertTrue(apic.isRequested(vector));
        assertEquals(-1, apic.accept());
    }

    @Test
    @DisplayName("the task priority keeps its lower four bits on Intel and loses them on AMD, where it is CR8")
    void taskPriorityIsCr8OnAmd() {
        apic.tpr(0xFF);
        assertEquals(0xF0, apic.tpr());
        apic.tpr(0x100);
        assertEquals(0, apic.tpr());
        HostedApic intel = HostedHost.builder().build().hostedApic(0);
        intel.tpr(0x1FF);
        assertEquals(0xFF, intel.tpr());
    }

    @Test
    @DisplayName("EOI with nothing in service does nothing and tells nobody")
    void eoiWithoutServiceIsNothing() {
        apic.eoi();
        assertEquals(List.of(), ended);
    }

    @Test
    @DisplayName("TLFS SINTx, AutoEOI: the vector is never in service and holds nothing back")
    void autoEoiIsNeverInService() {
        host.interruptAutoEoi(0, 0x55);
        host.interrupt(0, 0x44);
        assertEquals(0x55, apic.accept());
        assertFalse(apic.isInService(0x55));
        assertEquals(0x44, apic.accept());
        assertTrue(apic.isInService(0x44));
        host.interrupt(0, 0x55);
        assertEquals(0x55, apic.accept());
        assertTrue(apic.isInService(0x55), "the next request of the vector was an ordinary one");
    }

    @Test
    @DisplayName("KVM, ICR: reads back all 64 bits written but the delivery status")
    void icrReadsBackWithoutDeliveryStatus() {
        apic.icr(0x0000_0001_0004_1055L);
        assertEquals(0x0000_0001_0004_0055L, apic.icr());
    }

    @ParameterizedTest
    @CsvSource({
        "0x0000000000000041, 0",
        "0x0100000000000041, 1",
        "0x0200000000004041, 2",
        "0x0300000000000041, ''",
        "0x0000000100000041, 0",
        "0xFF00000000000041, '0 1 2'",
        "0x0200000000040041, 0",
        "0x0200000000080041, '0 1 2'",
        "0x00000000000C0041, '1 2'",
        "0xFF00000000000841, '0 1 2'",
        "0x0200000000000841, ''",
        "0x0000000000008041, ''",
        "0x000000000000C041, 0",
        "0x0000000000000141, 0",
        "0x0000000000080141, 2",
        "0x0000000000000441, ''",
        "0x0000000000080641, ''"
    })
    @DisplayName(
            "SDM, ICR in xAPIC mode: destination in bits 63:56, shorthands, broadcasts; only interrupts are delivered")
    void icrReachesItsDestinations(String value, String targets) {
        apic.icr(Long.parseUnsignedLong(value.substring(2), 16));
        StringBuilder reached = new StringBuilder();
        for (int vp = 0; vp < VPS; vp++) {
            if (host.hostedApic(vp).isRequested(0x41)) {
                reached.append(vp).append(' ');
            }
        }
        assertEquals(targets, reached.toString().strip());
        assertEquals(
                targets.split(" ").length * (targets.isEmpty() ? 0 : 1),
                host.takeInterrupts().size());
    }

    private int eoiWord() {
        return host.memory().getInt(EOI_WORD);
    }

    @Test
    @DisplayName(
            "TLFS VP assist page: bit 0 is set while the guest services its only interrupt; clearing it is the EOI")
    void clearingTheWordEndsTheInterrupt() {
        assertTrue(apic.exitlessEoi(EOI_WORD));
        host.interrupt(0, 0x44);
        apic.accept();
        apic.enterGuest();
        assertEquals(1, eoiWord());
        host.memory().putInt(EOI_WORD, 0);
        apic.leaveGuest();
        assertFalse(apic.isInService(0x44));
        assertEquals(List.of("0:0x44"), ended);
    }

    @Test
    @DisplayName("TLFS VP assist page: the bit is never set while the guest is stopped, and left set it is no EOI")
    void unusedOfferIsWithdrawn() {
        apic.exitlessEoi(EOI_WORD);
        host.interrupt(0, 0x44);
        apic.accept();
        apic.enterGuest();
        apic.leaveGuest();
        assertEquals(0, eoiWord());
        assertTrue(apic.isInService(0x44));
        assertEquals(List.of(), ended);
    }

    @Test
    @DisplayName("TLFS VP assist page: no offer while another interrupt waits, or for one that others are nested in")
    void noOfferWhereAnEoiHasToBeSeen() {
        apic.exitlessEoi(EOI_WORD);
        host.interrupt(0, 0x44);
        apic.accept();
        host.interrupt(0, 0x30);
        apic.enterGuest();
        assertEquals(0, eoiWord());
        apic.leaveGuest();
        host.interrupt(0, 0x80);
        apic.accept();
        apic.eoi();
        apic.enterGuest();
        assertEquals(0, eoiWord(), "0x44 was taken before 0x80");
    }

    @Test
    @DisplayName("the other bits of the exit-less EOI word are left alone; a word outside RAM is refused")
    void exitlessEoiKeepsToItsBit() {
        assertFalse(apic.exitlessEoi(1 << 20));
        assertFalse(apic.exitlessEoi(EOI_WORD + 2));
        assertFalse(apic.exitlessEoi(-4));
        assertTrue(apic.exitlessEoi(EOI_WORD));
        host.memory().putInt(EOI_WORD, 0xF0);
        host.interrupt(0, 0x44);
        apic.accept();
        apic.enterGuest();
        assertEquals(0xF1, eoiWord());
        assertTrue(apic.exitlessEoi(0));
        assertEquals(0xF0, eoiWord());
        apic.enterGuest();
        assertEquals(0xF0, eoiWord());
    }

    @Test
    @DisplayName("after reset nothing is requested, in service or held back")
    void resetForgets() {
        apic.tpr(0xF0);
        apic.icr(0x40030);
        apic.reset();
        assertEquals(0, apic.tpr());
        assertEquals(0, apic.icr());
        assertEquals(-1, apic.accept());
        host.interrupt(0, 0x10);
        assertEquals(0x10, apic.accept());
    }
}
