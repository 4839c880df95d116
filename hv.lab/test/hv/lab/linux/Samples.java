package hv.lab.linux;

import hv.lab.session.Section;

/** What a stock Linux guest of two processors prints in mode boot, shortened. */
public final class Samples {
    /** All is well. */
    public static final String BOOT = """
            +6.0 loading
            +3.5 lab: shell 2.31
            +0.5 lab: kernel 6.1.0-56-cloud-amd64
            lab: cpus 2
            lab: clocksource hyperv_clocksource_tsc_page
            lab: clocksources hyperv_clocksource_tsc_page
            lab: clockevent 0 Hyper-V clockevent
            lab: clockevent 1 Hyper-V clockevent
            lab: interrupts before LOC: 0 0 Local timer interrupts
            lab: interrupts before HVS: 610 502 Hyper-V stimer0 interrupts
            lab: sleep begin 1764230001 2.60
            +2.1 lab: sleep end 1764230003 4.62
            lab: storm ping count 2000 wrong 0 us_each 310
            lab: storm run cpus 2 exchanges 9120 reads 800128 stale 0 looks 12502 backwards 0
            lab: storm sleep count 20 early 0 worst_late_us 8123
            lab: interrupts after LOC: 0 0 Local timer interrupts
            lab: interrupts after HVS: 2010 1877 Hyper-V stimer0 interrupts
            lab: dmesg [    0.000000] Hypervisor detected: Microsoft Hyper-V
            lab: dmesg [    0.000000] Hyper-V: privilege flags low 0xaff, high 0x30, hints 0xe24, misc 0x80508
            lab: dmesg [    0.000000] Hyper-V: Host Build 10.0.14393.0-0-0
            lab: dmesg [    0.000000] Hyper-V: LAPIC Timer Frequency: 0x3d0900
            lab: dmesg [    0.000000] Hyper-V: Using hypercall for remote TLB flush
            lab: dmesg [    0.000003] tsc: Detected 2596.105 MHz processor
            lab: dmesg [    0.012000] Booting paravirtualized kernel on Hyper-V
            lab: dmesg [    0.100000] Hyper-V: PV spinlocks disabled
            lab: dmesg [    0.200000] Hyper-V: Using IPI hypercalls
            lab: dmesg [    0.300000] clocksource: Switched to clocksource hyperv_clocksource_tsc_page
            lab: trouble 0
            lab: done boot
            """;

    private Samples() {}

    /** With one text in place of another; it has to be there. */
    static Section boot(String text, String other) {
        if (!BOOT.contains(text)) {
            throw new IllegalArgumentException(text);
        }
        return Sections.of("linux", BOOT.replace(text, other));
    }
}
