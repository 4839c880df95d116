package hv.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;

import hv.lab.linux.Samples;
import hv.lab.linux.Sections;
import hv.lab.report.Row;
import hv.lab.report.Row.Counts;
import hv.lab.report.Table;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What scenarios make of what was printed")
class ScenariosTest {
    private static final String STORM = """
            g! lab: tick 0 2.50
            lab: tick 1 3.52
            lab: tick 2 4.60
            lab: storm run cpus 2 exchanges 9120 reads 800128 stale 0 looks 12502 backwards 0
            lab: storm ping count 2000 wrong 0 us_each 310
            lab: trouble 0
            lab: done storm
            """;

    private static Counts sum(Scenario scenario, String text) {
        return new Table(scenario.judge(Sections.of(scenario.name(), text), Map.of())).sum();
    }

    @Test
    @DisplayName("Our own guest: succeeds if its last line counts some that are ok and none that failed")
    void payload() {
        String line = "hv-guest: 22 enlightenments on 2 vCPUs: 42 ok, %s failed, 2 not offered";
        assertEquals(new Counts(1, 0, 0), sum(new Payload(), line.formatted("0")));
        assertEquals(new Counts(0, 1, 0), sum(new Payload(), line.formatted("1")));
        assertEquals(new Counts(0, 1, 0), sum(new Payload(), "hv: /dev/kvm may not be opened"));
    }

    @Test
    @DisplayName("Tests on the real KVM: their counts are in the sum, those that failed in lines of their own")
    void kvmTests() {
        String text = """
                lab: test passed class:A method:one()
                lab: test failed class:A method:two(): java.lang.AssertionError: expected
                lab: tests 161 passed, 1 failed, 3 skipped
                """;
        assertEquals(new Counts(161, 1, 3), sum(new KvmTests(), text));
        assertEquals(
                Optional.of("class:A method:two(): java.lang.AssertionError: expected"),
                new KvmTests()
                        .judge(Sections.of("kvm-tests", text), Map.of()).stream()
                                .filter(row -> row.counts().equals(Counts.NONE))
                                .map(Row::value)
                                .findFirst());
        assertEquals(new Counts(0, 1, 0), sum(new KvmTests(), "Error: could not create the Java Virtual Machine."));
    }

    @Test
    @DisplayName("A panic: the guest says that it panics, and the report has five parameters")
    void panic() {
        String said =
                "WARNING hv.partition: partition 1: VP 1: Guest crashed, HV crash parameters: (0x0 0x8100 0x47b7a0 0xda 0x7f)\n";
        String shown = "g! 2026-11-27T09:30:13.385Z  1          1   0x0  0x8100  0x47b7a0  0xda  0x7f\n";
        assertEquals(new Counts(3, 0, 0), sum(new Panic(), "lab: panic now\n" + said + shown));
        assertEquals(new Counts(2, 1, 0), sum(new Panic(), "lab: panic now\n" + said));
        assertEquals(new Counts(1, 2, 0), sum(new Panic(), "lab: panic now\n" + said.replace(" 0x7f", "")));
        assertEquals(new Counts(0, 3, 0), sum(new Panic(), ""));
    }

    @Test
    @DisplayName("A guest that loads KVM: it enables re-enlightenment with vector 0xEE and TSC emulation (TLFS 12.5.3)")
    void guestKvm() {
        String text = """
                lab: module kvm
                lab: module kvm_amd
                g! 0x40000106 = 0x00000000000100ee (65774)
                g! 0x40000107 = 0x0000000000000001 (1)
                lab: trouble 0
                """;
        assertEquals(new Counts(4, 0, 0), sum(new GuestKvm(), text));
        assertEquals(new Counts(3, 1, 0), sum(new GuestKvm(), text.replace("0100ee", "0000ee")));
        assertEquals(
                new Counts(2, 2, 0),
                sum(
                        new GuestKvm(),
                        text.replace("(1)", "").replace("0001 \n", "0000\n").replace("trouble 0", "trouble 1")));
    }

    @Test
    @DisplayName("Swaps: each of four enlightenments 20 times, and the guest goes on")
    void swap() {
        String rows = List.of("tlbflush", "ipi", "stimer", "time").stream()
                .map(id ->
                        "g! 09:20:34.814  swap  %s  hv.%s 0.1.0.SNAPSHOT  hv.%s 0.1.0.SNAPSHOT  56839     24       took over\n"
                                .formatted(id, id, id)
                                .repeat(20))
                .reduce("", String::concat);
        assertEquals(new Counts(10, 0, 0), sum(new Swap(), rows + STORM));
        assertEquals(new Counts(9, 1, 0), sum(new Swap(), rows.replaceFirst("took over", "not done") + STORM));
    }

    @Test
    @DisplayName(
            "A move: ticks that were said twice count once, one may be torn by the console; a late one, or none, is a failure")
    void move() {
        String killed = "lab: killed\n";
        assertEquals(new Counts(7, 0, 0), sum(new Move(), killed + "lab: tick 1 3.51\n" + STORM));
        assertEquals(new Counts(7, 0, 0), sum(new Move(), killed + STORM.replace("lab: tick 1 3.52\n", "lab: ti\n")));
        assertEquals(new Counts(6, 1, 0), sum(new Move(), killed + STORM.replace("lab: tick", "lab: ti")));
        assertEquals(new Counts(6, 1, 0), sum(new Move(), killed + STORM.replace("tick 2 4.60", "tick 2 94.60")));
        assertEquals(new Counts(6, 1, 0), sum(new Move(), STORM));
    }

    @Test
    @DisplayName(
            "VMBus: the newest version, three services open, the host's clock, no hibernation, alive to the host, an end")
    void vmbus() {
        String text = """
                lab: module hv_vmbus
                lab: module hv_utils
                lab: device {0e0b6031-5213-4934-818b-38d90ced39db} {b6650ff7-33bc-4840-8048-e0676786f393} state 3 driver hv_utils
                lab: device {9527e630-d0ae-497b-adce-e80ab0175caf} {2dd1ce17-079e-403c-b352-a1921ee207ee} state 3 driver hv_utils
                lab: device {57164f39-9115-4e78-ab55-382f3bd5422d} {fd149e91-82e0-4a7d-afa6-2a4166cbd7c0} state 3 driver hv_utils
                lab: hibernation 0
                lab: ptp hyperv
                lab: bus [    1.500000] hv_vmbus: Vmbus version:5.3
                lab: trouble 0
                lab: done vmbus
                g! heartbeat  heartbeat  in place  hv.heartbeat 0.1.0  12  open  3  12  0  answers=6 guest=alive
                lab: orderly poweroff
                """;
        assertEquals(new Counts(10, 0, 0), sum(new Vmbus(), text));
        assertEquals(new Counts(9, 1, 0), sum(new Vmbus(), text.replace("version:5.3", "version:5.2")));
        assertEquals(new Counts(9, 1, 0), sum(new Vmbus(), text.replaceFirst("state 3", "state 2")));
        assertEquals(new Counts(9, 1, 0), sum(new Vmbus(), text.replace("alive", "silent")));
        assertEquals(new Counts(9, 1, 0), sum(new Vmbus(), text.replace("orderly poweroff", "orderly reboot")));
        assertEquals(
                new Counts(9, 1, 0),
                sum(new Vmbus(), text + "lab: bus [ 2.0] hv_vmbus: probe failed for device x (-110)\n"));
        assertEquals(new Counts(1, 9, 0), sum(new Vmbus(), ""));
    }

    private static final String BUS = """
            lab: device {0e0b6031-5213-4934-818b-38d90ced39db} {b6650ff7-33bc-4840-8048-e0676786f393} state 3 driver hv_utils
            lab: device {9527e630-d0ae-497b-adce-e80ab0175caf} {2dd1ce17-079e-403c-b352-a1921ee207ee} state 3 driver hv_utils
            lab: device {57164f39-9115-4e78-ab55-382f3bd5422d} {fd149e91-82e0-4a7d-afa6-2a4166cbd7c0} state 3 driver hv_utils
            lab: hibernation 0
            lab: ptp hyperv
            lab: bus [    1.500000] hv_vmbus: Vmbus version:5.3
            lab: trouble 0
            lab: done vmbus
            g! heartbeat  heartbeat  in place  hv.heartbeat 0.1.0  12  open  3  12  0  answers=6 guest=alive
            lab: orderly poweroff 41.25
            lab: shutdown took 2.1 s
            """;

    @Test
    @DisplayName(
            "Another kernel in the guest's place: after it everything is as after a start, and the machine is not reset")
    void vmbusKexec() {
        String text = "lab: shell 5.0\nlab: going on with another kernel\nlab: shell 4.0\n" + BUS;
        assertEquals(new Counts(11, 0, 0), sum(new VmbusKexec(), text));
        assertEquals(new Counts(10, 1, 0), sum(new VmbusKexec(), text + "lab: shell 5.0\n"));
        assertEquals(new Counts(10, 1, 0), sum(new VmbusKexec(), text.replace("took 2.1", "took 12.1")));
        assertEquals(new Counts(1, 10, 0), sum(new VmbusKexec(), BUS + "lab: kexec: Operation not permitted\n"));
    }

    @Test
    @DisplayName("A later kernel: it is one, and has emptied the table with the host's entropy")
    void vmbusNewer() {
        String text = "lab: kernel 6.12.117+deb12-cloud-amd64\nlab: entropy 36 bytes\n" + BUS;
        assertEquals(new Counts(12, 0, 0), sum(new VmbusNewer(), text));
        assertEquals(new Counts(11, 1, 0), sum(new VmbusNewer(), text.replace("36 bytes", "100 bytes")));
        assertEquals(new Counts(11, 1, 0), sum(new VmbusNewer(), text.replace("6.12.117", "6.1.0-57")));
    }

    @Test
    @DisplayName(
            "The two daemons: what the guest knows is what the host was told; freezing ends by itself, and elsewhere")
    void vmbusDaemons() {
        String text = """
                lab: own OSName Lab Linux
                lab: own OSVersion 6.1.0
                g! OSName: Lab Linux
                OSVersion: 6.1.0
                lab: given web
                lab: step frozen
                the guest's file systems were still for 4761 ms
                saved partition 1 to /scratch/guest, with memory
                lab: held 4863 ms from 73183 with 10 beats
                lab: step late
                lab: held 3980 ms from 79182 with 74 beats
                lab: step dead
                lab: step die
                lab: step again
                lab: held 13012 ms from 87402 with 233 beats
                lab: step stop
                the guest does not say that it freezes its file systems: no answer within 15 s
                saved partition 1 to /scratch/stalled, without memory
                lab: step go
                lab: step end
                lab: written 417 wrong 0
                lab: trouble 0
                lab: orderly poweroff 104.16
                lab: shutdown took 2.6 s
                lab: elsewhere
                lab: held 2508 ms from 47641 with 22 beats
                lab: written 302 wrong 0
                lab: trouble 0
                lab: shutdown took 2.1 s
                """;
        assertEquals(new Counts(11, 0, 0), sum(new VmbusDaemons(), text));
        assertEquals(new Counts(10, 1, 0), sum(new VmbusDaemons(), text.replace("g! OSName: Lab", "g! OSName: Other")));
        assertEquals(new Counts(10, 1, 0), sum(new VmbusDaemons(), text.replace("given web", "given w")));
        assertEquals(new Counts(10, 1, 0), sum(new VmbusDaemons(), text.replace("3980 ms", "19800 ms")));
        assertEquals(new Counts(10, 1, 0), sum(new VmbusDaemons(), text.replace("with 10 beats", "with 1 beats")));
        assertEquals(new Counts(10, 1, 0), sum(new VmbusDaemons(), text.replace("302 wrong 0", "302 wrong 1")));
        assertEquals(new Counts(0, 11, 0), sum(new VmbusDaemons(), ""));
    }

    @Test
    @DisplayName("Updates: each device is a newer one with its channel open, and neither keys nor values are lost")
    void vmbusUpdate() {
        String text = List.of("heartbeat", "timesync", "shutdown").stream()
                        .map(name -> "%1$s  %1$s  in place  hv.%1$s 0.1.1  90  open  1  7  0  answers=9 guest=alive\n"
                                .formatted(name))
                        .reduce("", String::concat)
                + List.of("kvp", "vss", "keyboard").stream()
                        .map(name ->
                                "g! 09:20  swap  %1$s  hv.%1$s 0.1.0  hv.%1$s 0.1.1  812  24  took over, with the channel open\n"
                                        .formatted(name)
                                        .repeat(11))
                        .reduce("", String::concat)
                + """
                lab: given 1
                lab: given last
                lab: keys pressed 90 released 90 wrong 0
                lab: written 1417 wrong 0
                lab: trouble 0
                lab: orderly poweroff 104.16
                """;
        assertEquals(new Counts(12, 0, 0), sum(new VmbusUpdate(), text));
        assertEquals(new Counts(11, 1, 0), sum(new VmbusUpdate(), text.replace("pressed 90", "pressed 89")));
        assertEquals(new Counts(11, 1, 0), sum(new VmbusUpdate(), text.replaceFirst("took over", "not done")));
        assertEquals(
                new Counts(11, 1, 0), sum(new VmbusUpdate(), text.replace("hv.timesync 0.1.1", "hv.timesync 0.1.0")));
        assertEquals(new Counts(11, 1, 0), sum(new VmbusUpdate(), text.replace("given last", "given 29")));
    }

    @Test
    @DisplayName("Versions of VMBus: each is agreed on and opens as many channels as before")
    void vmbusVersions() {
        String text = """
                lab: version 0x20004 agreed 2.4 open 3 of 3
                lab: version 0x30000 agreed 3.0 open 3 of 3
                lab: version 0x40000 agreed 4.0 open 3 of 3
                lab: version 0x40001 agreed 4.1 open 3 of 3
                lab: version 0x50000 agreed 5.0 open 3 of 3
                lab: version 0x50001 agreed 5.1 open 3 of 3
                lab: version 0x50002 agreed 5.2 open 3 of 3
                lab: version 0x50003 agreed 5.3 open 3 of 3
                lab: trouble 0
                """;
        assertEquals(new Counts(10, 0, 0), sum(new VmbusVersions(), text));
        assertEquals(new Counts(10, 0, 0), sum(new VmbusVersions(), text.replace("2.4 open 3", "2.4 open 2")));
        assertEquals(new Counts(9, 1, 0), sum(new VmbusVersions(), text.replace("4.1 open 3", "4.1 open 2")));
        assertEquals(new Counts(9, 1, 0), sum(new VmbusVersions(), text.replace("agreed 5.0", "agreed 4.1")));
        assertEquals(new Counts(9, 1, 0), sum(new VmbusVersions(), text + "lab: not unloaded before 0x40000\n"));
    }

    @Test
    @DisplayName("Swaps and moves under VMBus: each service and the bus 10 times; the guest's heart beats on")
    void vmbusChanges() {
        String beat =
                "heartbeat  heartbeat  in place  hv.heartbeat 0.1.0  12  open  3  12  0  answers=%d guest=alive\n";
        String swaps = List.of("heartbeat", "shutdown", "timesync", "vmbus").stream()
                .map(name -> "g! 09:20:34.814  swap  %s  hv.x 1  hv.x 1  812  24  took over, with the channel open\n"
                        .formatted(name)
                        .repeat(10))
                .reduce("", String::concat);
        String text = beat.formatted(2) + swaps + STORM + beat.formatted(9);
        assertEquals(new Counts(11, 0, 0), sum(new VmbusSwap(), text));
        assertEquals(new Counts(10, 1, 0), sum(new VmbusSwap(), text.replaceFirst("took over", "not done: x")));
        assertEquals(new Counts(10, 1, 0), sum(new VmbusSwap(), text.replace("answers=9", "answers=2")));
        assertEquals(new Counts(8, 0, 0), sum(new VmbusMove(), "lab: killed\n" + STORM + beat.formatted(3)));
        assertEquals(new Counts(7, 1, 0), sum(new VmbusMove(), beat.formatted(3) + "lab: killed\n" + STORM));
    }

    @Test
    @DisplayName("A panic with VMBus: the guest does not wait for the end of its bus, and comes to its crash report")
    void vmbusPanic() {
        String text = "lab: module hv_vmbus\nlab: module hv_utils\nlab: panic now\nhv: guest crashed (0x0)\n";
        assertEquals(new Counts(3, 0, 0), sum(new VmbusPanic(), text));
        assertEquals(
                new Counts(2, 1, 0),
                sum(new VmbusPanic(), text + "[ 9.1] hv_vmbus: Waiting for VMBus UNLOAD to complete\n"));
        assertEquals(new Counts(2, 1, 0), sum(new VmbusPanic(), text.replace("crashed", "powered off")));
    }

    @Test
    @DisplayName(
            "The reference: the same log and no more than half as long again, on the guest's clock and on this machine's; without the other boot nothing to compare")
    void reference() {
        String reference = Samples.BOOT.replace("+6.0 loading\n", "");
        assertEquals(new Counts(4, 0, 0), compared(Samples.BOOT, reference));
        assertEquals(new Counts(3, 1, 0), compared(Samples.BOOT, reference.replace("+3.5 ", "+2.3 ")));
        assertEquals(new Counts(3, 1, 0), compared(Samples.BOOT, reference.replace("shell 2.31", "shell 1.53")));
        assertEquals(new Counts(3, 1, 0), compared(Samples.BOOT.replace("loading", ""), reference));
        assertEquals(
                new Counts(3, 1, 0),
                compared(Samples.BOOT.replace("Hyper-V: PV spinlocks disabled", "Hyper-V: something"), Samples.BOOT));
        assertEquals(new Counts(1, 0, 1), sum(new Reference(), Samples.BOOT));
    }

    private static Counts compared(String hv, String reference) {
        return new Table(new Reference()
                        .judge(Sections.of("reference", reference), Map.of("linux", Sections.of("linux", hv))))
                .sum();
    }

    @Test
    @DisplayName("The table: a line for each row, its outcome in a column, the counts as the last line")
    void table() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new Table(List.of(
                        Row.of("linux", "clocksource", true, "hyperv"),
                        Row.of("linux", "end", false, ""),
                        Row.skipped("reference", "all of it", "no compiler")))
                .print(new PrintStream(out, true, StandardCharsets.UTF_8));
        assertEquals("""
                linux      clocksource  ok       hyperv
                linux      end          FAILED
                reference  all of it    skipped  no compiler
                1 passed, 1 failed, 1 skipped
                """, out.toString(StandardCharsets.UTF_8));
    }
}
