package hv.machine.acpi;

/**
 * The Differentiated System Description Table: the devices that no bus shows, and how to power off.
 *
 * <pre>
 *   Name (\_S5, Package () {5, 0, 0, 0})     SLP_TYP to write to the sleep control register
 *   Scope (\_SB) {
 *     Device (COM1) PNP0501  16550 UART, ports 0x3F8 to 0x3FF, IRQ 4
 *     Device (RTC)  PNP0B00  real-time clock, ports 0x70 and 0x71; polled, so without IRQ
 *     Device (VMOD) ACPI0004 with the range of addresses that VMBus devices may use, in it
 *       Device (VMBS) VMBUS  if there is a VMBus; its _CRS is empty
 *   }
 * </pre>
 *
 * <p>Linux looks for that range in the _CRS of the VMBus device and then in those above it, and gives up if the first
 * cannot be had: so there is one, with nothing in it. There is no _S4: it would tell hv_balloon and hv_utils that the
 * guest may hibernate, and the balloon would then do nothing.
 */
final class Dsdt {
    private static final int SLEEP_TYPE_S5 = 5;
    private static final int PRESENT_ENABLED_SHOWN_WORKING = 0xF;
    /** Between RAM and what is fixed: I/O APIC at 0xFEC00000, local APICs. */
    private static final long VMBUS_MEMORY = 0xF800_0000L;

    private static final long VMBUS_MEMORY_END = 0xFEC0_0000L;

    private Dsdt() {}

    static byte[] of(boolean vmbus) {
        byte[] off = Aml.name(
                "_S5", Aml.packageOf(Aml.integer(SLEEP_TYPE_S5), Aml.integer(0), Aml.integer(0), Aml.integer(0)));
        byte[] devices = Aml.scope("_SB", com1(), clock(), vmbus ? vmbus() : new byte[0]);
        byte[] terms = Aml.join(off, devices);
        Table table = new Table("DSDT", 2, Table.HEADER_BYTES + terms.length);
        table.content().put(terms);
        return table.finish();
    }

    private static byte[] com1() {
        return Aml.device(
                "COM1",
                Aml.name("_HID", Aml.eisaId("PNP0501")),
                Aml.name("_UID", Aml.integer(1)),
                Aml.name("_STA", Aml.integer(PRESENT_ENABLED_SHOWN_WORKING)),
                Aml.name("_CRS", Aml.resources(Aml.ports(0x3F8, 8), Aml.irq(4))));
    }

    private static byte[] clock() {
        return Aml.device(
                "RTC", Aml.name("_HID", Aml.eisaId("PNP0B00")), Aml.name("_CRS", Aml.resources(Aml.ports(0x70, 2))));
    }

    private static byte[] vmbus() {
        byte[] bus = Aml.device(
                "VMBS",
                Aml.name("_HID", Aml.string("VMBUS")),
                Aml.name("_UID", Aml.integer(0)),
                Aml.name("_STA", Aml.integer(PRESENT_ENABLED_SHOWN_WORKING)),
                Aml.name("_CRS", Aml.resources()));
        return Aml.device(
                "VMOD",
                Aml.name("_HID", Aml.string("ACPI0004")),
                Aml.name("_UID", Aml.integer(0)),
                Aml.name("_CRS", Aml.resources(Aml.memory(VMBUS_MEMORY, VMBUS_MEMORY_END))),
                bus);
    }
}
