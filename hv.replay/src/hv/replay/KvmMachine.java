package hv.replay;

import hv.api.CpuidTable;
import hv.api.GuestFault;
import hv.api.PowerEvent;
import hv.api.host.ConfigurationException;
import hv.api.host.GuestPartition;
import hv.api.host.Hypervisor;
import hv.api.machine.IoBus;
import hv.kvm.KvmVm;
import hv.kvm.VmListener;
import hv.kvm.VmSpec;
import hv.kvm.error.KvmException;
import hv.replay.Operation.Eoi;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A guest on {@code /dev/kvm}: each operation is one instruction of a VP of the {@link StubGuest}, and time is real.
 * What cannot be the same as recorded, because the hypercall instruction is another, because the local APIC is the
 * kernel's ({@link EndsOfInterrupts}) or because it is not as fast as the recorded one, is named by
 * {@link #incomparable}.
 */
final class KvmMachine implements Machine, IoBus, VmListener {
    /** VMMCALL; RET: what KVM itself puts into the hypercall page on AMD. */
    private static final String RECORDED_CALL_CODE = "0f01d9c3";

    private static final long LEAST_MEMORY_BYTES = 1 << 20;
    private static final int APIC_EOI = StubGuest.LOCAL_APIC + 0xB0;
    private static final int APIC_ISR1 = StubGuest.LOCAL_APIC + 0x110;
    private static final int PROBE_VECTOR = 0x20;
    private static final int RECOMMENDATIONS = 0x4000_0004;
    private static final int APIC_MSRS_RECOMMENDED = 1 << 3;

    private final KvmVm vm;
    private final GuestPartition partition;
    private final StubGuest stub;
    private final List<Mailbox> mailboxes = new ArrayList<>();
    private final List<CommandPort> ports = new ArrayList<>();
    private final List<InterruptWindow> windows = new ArrayList<>();
    private final List<EndsOfInterrupts> ends = new ArrayList<>();

    // Guarded by itself.
    private final List<String> events = new ArrayList<>();

    /**
     * Starts the guest.
     *
     * @throws ConfigurationException if it cannot be started with such flags
     * @throws MachineException if KVM cannot be used, or not for such a guest
     */
    KvmMachine(Hypervisor hypervisor, VectorHeader header) throws ConfigurationException {
        if (header.memoryBytes() < LEAST_MEMORY_BYTES) {
            throw new MachineException("a guest on KVM has 1 MiB of memory or more, not " + header.memoryBytes()
                    + " bytes; replay it without --backend kvm");
        }
        int vps = header.vps();
        try {
            vm = KvmVm.open(VmSpec.of(header.memoryBytes(), vps), this, this);
        } catch (KvmException e) {
            throw new MachineException(e.getMessage());
        }
        GuestPartition created = null;
        try {
            MemorySegment hidden = vm.addHiddenMemory(StubGuest.GPA, StubGuest.bytes(vps));
            stub = new StubGuest(hidden, vps, vm.hypercallPage());
            for (int vp = 0; vp < vps; vp++) {
                mailboxes.add(stub.mailbox(vp));
                ports.add(new CommandPort(stub.nothing));
                windows.add(new InterruptWindow(mailboxes.get(vp)));
            }
            created = hypervisor.create(header.cpu(), vm);
            vm.boot(created, stub::boot, () -> {});
            partition = created;
            // Once a VP waits for its first command, its APIC takes interrupts.
            ports.forEach(port -> port.run(stub.nothing));
            boolean keepsInService = keepsInService();
            for (int vp = 0; vp < vps; vp++) {
                ends.add(new EndsOfInterrupts(vm.memory(), keepsInService));
            }
        } catch (KvmException e) {
            release(created);
            throw new MachineException(e.getMessage());
        } catch (Throwable e) {
            release(created);
            throw e;
        }
    }

    /**
     * Whether an interrupt that is not ended stays in service: the processor's part in interrupts, which not every KVM
     * plays.
     */
    private boolean keepsInService() {
        vm.interrupt(0, PROBE_VECTOR);
        window(0, Eoi.NONE, 0);
        boolean keeps = (apic(APIC_ISR1, stub.load) & 1) != 0;
        mailboxes.getFirst().set(Mailbox.RCX, 0);
        apic(APIC_EOI, stub.store);
        return keeps;
    }

    private long apic(int register, int routine) {
        Mailbox mailbox = mailboxes.getFirst();
        mailbox.set(Mailbox.RAX, Integer.toUnsignedLong(register));
        ports.getFirst().run(routine);
        return mailbox.get(Mailbox.RAX);
    }

    /** Does an instruction with the registers in the mailbox. */
    private Mailbox run(int vp, int routine) throws GuestFault {
        Mailbox mailbox = mailboxes.get(vp);
        mailbox.clearFault();
        ports.get(vp).run(routine);
        switch (mailbox.fault()) {
            case Mailbox.NO_FAULT -> {
                return mailbox;
            }
            case 6 -> throw GuestFault.INVALID_OPCODE;
            case 13 -> throw GuestFault.GENERAL_PROTECTION;
            default -> throw new MachineException("the guest got exception " + mailbox.fault());
        }
    }

    @Override
    public Optional<String> incomparable(Operation operation) {
        return switch (operation) {
            case Operation.Peek peek
            when peek.bytes().text().startsWith(RECORDED_CALL_CODE) ->
                Optional.of("the hypercall page has another instruction");
            case Operation.Peek peek ->
                ends.stream().flatMap(end -> end.incomparable(peek).stream()).findFirst();
            case Operation.ReadMsr read -> ends.get(read.vp()).incomparable(read);
            case Operation.Interrupts window -> ends.get(window.vp()).incomparable(window);
            case Operation.Cpuid cpuid
            when recommendsApicMsrs(cpuid) && !vm.facts().exitlessEoi() ->
                Optional.of("this KVM offers no exit-less EOI, and without it the APIC MSRs are not recommended");
            default -> Optional.empty();
        };
    }

    private static boolean recommendsApicMsrs(Operation.Cpuid recorded) {
        return recorded.leaf() == RECOMMENDATIONS
                && !recorded.eax().isAny()
                && (recorded.eax().number() & APIC_MSRS_RECOMMENDED) != 0;
    }

    @Override
    public long readMsr(int vp, int msr) throws GuestFault {
        Mailbox mailbox = mailboxes.get(vp);
        mailbox.set(Mailbox.RCX, msr);
        run(vp, stub.readMsr);
        return mailbox.get(Mailbox.RAX) & 0xFFFF_FFFFL | mailbox.get(Mailbox.RDX) << 32;
    }

    @Override
    public void writeMsr(int vp, int msr, long value) throws GuestFault {
        Mailbox mailbox = mailboxes.get(vp);
        mailbox.set(Mailbox.RCX, msr);
        mailbox.set(Mailbox.RAX, value & 0xFFFF_FFFFL);
        mailbox.set(Mailbox.RDX, value >>> 32);
        run(vp, stub.writeMsr);
        ends.get(vp).wrote(msr, value);
    }

    @Override
    public CpuidTable.Leaf cpuid(int vp, int leaf, int subleaf) {
        Mailbox mailbox = mailboxes.get(vp);
        mailbox.set(Mailbox.RAX, leaf);
        mailbox.set(Mailbox.RCX, subleaf);
        ports.get(vp).run(stub.cpuid);
        return new CpuidTable.Leaf(
                leaf,
                (int) mailbox.get(Mailbox.RAX),
                (int) mailbox.get(Mailbox.RBX),
                (int) mailbox.get(Mailbox.RCX),
                (int) mailbox.get(Mailbox.RDX));
    }

    @Override
    public void hypercall(int vp, CallRegisters registers, Optional<Long> via) throws GuestFault {
        Mailbox mailbox = mailboxes.get(vp);
        mailbox.set(Mailbox.RAX, registers.rax());
        mailbox.set(Mailbox.RCX, registers.rcx());
        mailbox.set(Mailbox.RDX, registers.rdx());
        mailbox.set(Mailbox.RBX, registers.rbx());
        mailbox.set(Mailbox.R8, registers.r8());
        for (int i = 0; i < CallRegisters.XMM_REGISTERS; i++) {
            mailbox.set(Mailbox.XMM + 16 * i, registers.xmmLow(i));
            mailbox.set(Mailbox.XMM + 16 * i + 8, registers.xmmHigh(i));
        }
        mailbox.set(Mailbox.TARGET, via.orElse(StubGuest.callCode()));
        run(vp, stub.call);
        registers.rax(mailbox.get(Mailbox.RAX));
        registers.rdx(mailbox.get(Mailbox.RDX));
    }

    @Override
    public byte[] code(long gpa, int length) {
        int readable = length;
        while (readable > 0 && !vm.memory().isRam(gpa, readable)) {
            readable--;
        }
        return peek(gpa, readable);
    }

    @Override
    public byte[] callCode() {
        return vm.hypercallPage();
    }

    @Override
    public void poke(long gpa, byte... bytes) {
        vm.memory().write(gpa, bytes, 0, bytes.length);
    }

    @Override
    public byte[] peek(long gpa, int length) {
        byte[] bytes = new byte[length];
        if (length > 0) {
            vm.memory().read(gpa, bytes, 0, length);
        }
        return bytes;
    }

    @Override
    public SortedMap<Integer, Integer> takeInterrupts(int vp, Eoi eoi, long assist) throws GuestFault {
        Mailbox mailbox = mailboxes.get(vp);
        int waiting = ends.get(vp).waiting();
        mailbox.clearFault();
        window(vp, eoi, assist);
        SortedMap<Integer, Integer> counts = new TreeMap<>();
        for (int vector = 0; vector < Mailbox.VECTORS; vector++) {
            if (mailbox.count(vector) != 0) {
                counts.put(vector, mailbox.count(vector));
            }
        }
        ends.get(vp).took(counts, eoi, waiting);
        if (mailbox.fault() == GuestFault.GENERAL_PROTECTION.vector()) {
            throw GuestFault.GENERAL_PROTECTION;
        }
        return counts;
    }

    private void window(int vp, Eoi eoi, long assist) {
        mailboxes.get(vp).set(Mailbox.EOI, eoi.ordinal());
        mailboxes.get(vp).set(Mailbox.ASSIST, assist);
        windows.get(vp).open();
        ports.get(vp).run(stub.window);
    }

    @Override
    public void sleep(int millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MachineException("interrupted");
        }
        for (CommandPort port : ports) {
            port.run(stub.nothing);
        }
    }

    @Override
    public List<String> takeEvents() {
        synchronized (events) {
            String[] taken = events.toArray(String[]::new);
            events.clear();
            return Arrays.asList(taken);
        }
    }

    @Override
    public int in(int port, int bytes) {
        int vp = vm.currentVp();
        return switch (port) {
            case StubGuest.COMMAND_PORT -> ports.get(vp).next();
            case StubGuest.WINDOW_PORT -> windows.get(vp).stays(vm, vp) ? 1 : 0;
            default -> -1;
        };
    }

    @Override
    public void out(int port, int bytes, int value) {
        // There is no device that could be told anything.
    }

    @Override
    public void power(PowerEvent event) {
        synchronized (events) {
            events.add(
                    switch (event) {
                        case PowerEvent.Crash crash -> "crash";
                        case PowerEvent.Reset reset -> "reset";
                    });
        }
    }

    @Override
    public void shutdown(int vp) {
        failed(vp, "VP " + vp + " has shut down");
    }

    @Override
    public void failed(int vp, String line) {
        ports.get(vp).fail(line);
    }

    @Override
    public void close() {
        release(partition);
    }

    private void release(GuestPartition created) {
        vm.requestStop();
        ports.forEach(CommandPort::close);
        try {
            vm.stop();
            if (created != null) {
                created.close();
            }
        } finally {
            vm.close();
        }
    }
}
