package hv.testkit;

import hv.api.CpuidTable;
import hv.api.GuestFault;
import hv.api.GuestMemory;
import hv.api.PowerEvent;
import hv.api.SavedState;
import hv.api.StateException;
import hv.api.enlightenment.Enlightenment;
import hv.api.host.ConfigurationException;
import hv.api.host.GuestPartition;
import hv.hosted.HostedHost;
import hv.hosted.Interrupt;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * A guest whose every access the test makes itself: a partition on a {@link HostedHost}, in which time stands still
 * until the test moves it. Like a VMM's loop it drains a VP before each access. One thread, unless each thread keeps to
 * its own VP.
 *
 * <pre>
 *   try (Guest guest = Guest.with(new Time()).flags("hv-time,hv-enforce-cpuid").start()) {
 *       guest.advance100ns(7);
 *       assertEquals(7, guest.rdmsr(0x4000_0020));
 *   }
 * </pre>
 */
public final class Guest implements AutoCloseable {
    private static final int HV_X64_MSR_GUEST_OS_ID = 0x4000_0000;
    private static final long A_LINUX_GUEST = 0x8100_0006_0C00_0000L;

    private final ManualHypervisor hypervisor;
    private final HostedHost host;
    private final GuestPartition partition;

    private Guest(ManualHypervisor hypervisor, HostedHost host, GuestPartition partition) {
        this.hypervisor = hypervisor;
        this.host = host;
        this.partition = partition;
    }

    /** Starts a guest for which exactly these enlightenments are deployed. */
    public static Builder with(Enlightenment... deployed) {
        return new Builder(List.of(deployed));
    }

    /** Starts a guest for which exactly these enlightenments are deployed. */
    public static Builder with(List<Enlightenment> deployed) {
        return new Builder(deployed);
    }

    /** Its host: memory, clock, interrupts. */
    public HostedHost host() {
        return host;
    }

    /** Its partition. */
    public GuestPartition partition() {
        return partition;
    }

    /** The CPUID leaves it sees. */
    public CpuidTable cpuid() {
        return partition.cpuid();
    }

    /**
     * Withdraws the enlightenment {@code id}, as a bundle that stops does; its place is vacant then. Any thread but a
     * VP's.
     */
    public void withdraw(String id) {
        hypervisor.withdraw(id);
    }

    /** Deploys an enlightenment, as a bundle that starts does; it takes its vacant place. Any thread but a VP's. */
    public void deploy(Enlightenment enlightenment) {
        hypervisor.deploy(enlightenment);
    }

    /** RDMSR on VP {@code vp}; empty if it is #GP. */
    public OptionalLong read(int vp, int msr) {
        partition.vp(vp).drain();
        try {
            return OptionalLong.of(partition.vp(vp).readMsr(msr));
        } catch (GuestFault fault) {
            return OptionalLong.empty();
        }
    }

    /** WRMSR on VP {@code vp}; false if it is #GP. */
    public boolean write(int vp, int msr, long value) {
        partition.vp(vp).drain();
        try {
            partition.vp(vp).writeMsr(msr, value);
            return true;
        } catch (GuestFault fault) {
            return false;
        }
    }

    /** RDMSR on VP 0, which must not fault. */
    public long rdmsr(int msr) {
        return rdmsr(0, msr);
    }

    /** RDMSR on VP {@code vp}, which must not fault. */
    public long rdmsr(int vp, int msr) {
        return read(vp, msr).orElseThrow(() -> new AssertionError("RDMSR 0x%08x on VP %d: #GP".formatted(msr, vp)));
    }

    /** WRMSR on VP 0, which must not fault. */
    public void wrmsr(int msr, long value) {
        wrmsr(0, msr, value);
    }

    /** WRMSR on VP {@code vp}, which must not fault. */
    public void wrmsr(int vp, int msr, long value) {
        if (!write(vp, msr, value)) {
            throw new AssertionError("WRMSR 0x%08x = 0x%x on VP %d: #GP".formatted(msr, value, vp));
        }
    }

    /** Whether RDMSR on VP 0 is #GP. */
    public boolean rdmsrFaults(int msr) {
        return read(0, msr).isEmpty();
    }

    /** Whether WRMSR on VP 0 is #GP. */
    public boolean wrmsrFaults(int msr, long value) {
        return !write(0, msr, value);
    }

    /** Writes a GUEST_OS_ID, without which no hypercall is taken. */
    public Guest identify() {
        wrmsr(HV_X64_MSR_GUEST_OS_ID, A_LINUX_GUEST);
        return this;
    }

    /** Makes a hypercall on VP {@code vp}; false if it is #UD. The result is in {@link GuestRegisters#result}. */
    public boolean call(int vp, GuestRegisters registers) {
        partition.vp(vp).drain();
        try {
            partition.vp(vp).hypercall(registers);
            return true;
        } catch (GuestFault fault) {
            return false;
        }
    }

    /**
     * Makes a 64-bit hypercall on VP 0, which must not fault.
     *
     * @param control RCX
     * @param input RDX
     * @param output R8
     * @param xmm halves of XMM0 and on
     * @return the result value: status in bits 15:0, repetitions completed in 43:32
     */
    public long hypercall(long control, long input, long output, long... xmm) {
        return hypercall(0, control, input, output, xmm);
    }

    /** As {@link #hypercall(long, long, long, long...)} on VP {@code vp}. */
    public long hypercall(int vp, long control, long input, long output, long... xmm) {
        GuestRegisters registers = GuestRegisters.in64(control, input, output, xmm);
        if (!call(vp, registers)) {
            throw new AssertionError("hypercall 0x%x on VP %d: #UD".formatted(control, vp));
        }
        return registers.result();
    }

    /** Writes bytes, given in hex, to RAM. */
    public void poke(long gpa, String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        memory().write(gpa, bytes, 0, bytes.length);
    }

    /** Reads bytes of RAM, in hex. */
    public String peek(long gpa, int length) {
        byte[] bytes = new byte[length];
        memory().read(gpa, bytes, 0, length);
        return HexFormat.of().formatHex(bytes);
    }

    /** Its RAM. */
    public GuestMemory memory() {
        return host.memory();
    }

    /** Lets exactly this much reference time pass, in units of 100 ns, and then has every VP look at its mailbox. */
    public void advance100ns(long time100ns) {
        host.advance100ns(time100ns);
        host.drain(partition);
    }

    /** The interrupts requested since the last call, oldest first, after every VP has looked at its mailbox. */
    public List<Interrupt> takeInterrupts() {
        host.drain(partition);
        return host.takeInterrupts();
    }

    /** What it asked the VMM for, oldest first. */
    public List<PowerEvent> powerEvents() {
        return host.powerEvents();
    }

    /** Everything it could set. */
    public SavedState save() {
        host.drain(partition);
        return partition.save();
    }

    /** Takes saved state, which must be good. */
    public void restore(SavedState state) {
        try {
            partition.restore(state);
        } catch (StateException e) {
            throw new AssertionError(e);
        }
        host.drain(partition);
    }

    /** Copies the RAM of another guest of the same size. */
    public void copyMemory(Guest from) {
        byte[] page = new byte[GuestMemory.PAGE_BYTES];
        for (long gpa = 0; gpa < host.memoryBytes(); gpa += page.length) {
            from.memory().read(gpa, page, 0, page.length);
            memory().write(gpa, page, 0, page.length);
        }
    }

    @Override
    public void close() {
        partition.close();
    }

    /** Collects what a guest is to be. */
    public static final class Builder {
        private final List<Enlightenment> deployed;
        private String flags = "";
        private int vps = 1;
        private HostedHost host;

        private Builder(List<Enlightenment> deployed) {
            this.deployed = List.copyOf(deployed);
        }

        /** Its flags, in QEMU's spelling. */
        public Builder flags(String cpu) {
            flags = Objects.requireNonNull(cpu, "cpu");
            return this;
        }

        /** How many VPs; 1 if not said. */
        public Builder vps(int count) {
            vps = count;
            return this;
        }

        /** Its host; one with the defaults of {@link HostedHost#builder} and 1 MiB of RAM if not said. */
        public Builder host(HostedHost machine) {
            host = machine;
            return this;
        }

        /** The guest, which must be able to start. */
        public Guest start() {
            HostedHost machine =
                    host == null ? HostedHost.builder().memoryBytes(1 << 20).build() : host;
            try {
                ManualHypervisor hypervisor = new ManualHypervisor(deployed);
                GuestPartition partition = hypervisor.create(flags, machine);
                for (int i = 0; i < vps; i++) {
                    partition.addVp();
                }
                machine.attach(partition);
                return new Guest(hypervisor, machine, partition);
            } catch (ConfigurationException e) {
                throw new AssertionError("'" + flags + "' does not start", e);
            }
        }
    }
}
