package hv.replay;

import hv.api.machine.BootState;
import hv.api.machine.Register;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The guest that carries out single instructions: 64-bit code that reads the address of a routine from
 * {@link #COMMAND_PORT}, jumps there, and comes back for the next. Registers come from the VP's {@link Mailbox} and go
 * there; #UD and #GP end the routine.
 *
 * <p>All of it (code, descriptor tables, page tables that map 4 GiB one to one, a mailbox for each VP) lies in memory
 * at {@link #GPA} that is not the guest's RAM, so that all of its RAM is as the recording left it. Interrupts are off
 * but in the routine {@link #window}, which asks {@link #WINDOW_PORT} whether to stay.
 */
final class StubGuest {
    static final long GPA = 0xC000_0000L;
    static final int COMMAND_PORT = 0xE0;
    static final int WINDOW_PORT = 0xE1;
    static final int LOCAL_APIC = 0xFEE0_0000;

    private static final int PAGE = 4096;
    private static final int GDT = PAGE;
    private static final int IDT = 2 * PAGE;
    private static final int ENTRIES = 3 * PAGE;
    private static final int PML4 = 4 * PAGE;
    private static final int PDPT = 5 * PAGE;
    private static final int PD = 6 * PAGE;
    private static final int GIBS = 4;
    private static final int CALL_CODE = PD + GIBS * PAGE;
    private static final int MAILBOXES = CALL_CODE + PAGE;

    private static final int ENTRY_BYTES = 10;
    /** Below it a vector is an exception, which ends what is being done; nothing here can cause those above. */
    private static final int EXCEPTIONS = 16;

    private static final int APIC_TPR = 0x80;
    private static final int APIC_EOI = 0xB0;
    private static final int APIC_SVR = 0xF0;
    private static final int APIC_LINT0 = 0x350;
    private static final int APIC_LINT1 = 0x360;
    private static final int MASKED = 0x10000;
    private static final int SVR_ENABLED = 0x1FF;
    private static final int HV_X64_MSR_EOI = 0x4000_0070;

    /** Register numbers of a mov between memory at RBP and a register, with REX. */
    private static final int[][] MOVES = {
        {0x48, 0x85, Mailbox.RAX},
        {0x48, 0x8D, Mailbox.RCX},
        {0x48, 0x95, Mailbox.RDX},
        {0x48, 0x9D, Mailbox.RBX},
        {0x4C, 0x85, Mailbox.R8}
    };

    private final MemorySegment memory;
    private final Assembly code = new Assembly(PAGE);
    private final int main;
    private final int start;

    // Routines: what COMMAND_PORT is answered with.
    final int nothing;
    final int readMsr;
    final int writeMsr;
    final int cpuid;
    final int call;
    final int load;
    final int store;
    final int window;

    /**
     * Writes it.
     *
     * @param memory zeroed, of {@link #bytes} bytes, at {@link #GPA}
     * @param callCode what makes a hypercall and returns
     */
    StubGuest(MemorySegment memory, int vps, byte... callCode) {
        this.memory = memory;
        start = code.here();
        int loop = start();
        main = loop;
        nothing = address(main);
        readMsr = instruction(0x0F, 0x32);
        writeMsr = instruction(0x0F, 0x30);
        cpuid = instruction(0x0F, 0xA2);
        load = instruction(0x8B, 0x00); // mov eax, [rax]
        store = instruction(0x89, 0x08); // mov [rax], ecx
        call = call();
        window = window();
        interruptTable(fault(), interrupt());
        put(0, code.code());
        put(CALL_CODE, callCode);
        tables();
        for (int vp = 0; vp < vps; vp++) {
            long idtr = (long) MAILBOXES + (long) vp * Mailbox.BYTES + Mailbox.IDTR;
            memory.set(ValueLayout.JAVA_SHORT_UNALIGNED, idtr, (short) (16 * Mailbox.VECTORS - 1));
            memory.set(ValueLayout.JAVA_LONG_UNALIGNED, idtr + 2, GPA + IDT);
        }
    }

    /** How much memory it takes for so many VPs. */
    static long bytes(int vps) {
        return MAILBOXES + (long) vps * Mailbox.BYTES;
    }

    /** How a VP starts. */
    BootState boot(int vp) {
        return BootState.longMode(GPA + start, GPA + PML4)
                .withGdt(GPA + GDT, 23)
                .with(Register.RBP, GPA + MAILBOXES + (long) vp * Mailbox.BYTES);
    }

    Mailbox mailbox(int vp) {
        return new Mailbox(memory.asSlice(MAILBOXES + (long) vp * Mailbox.BYTES, Mailbox.BYTES));
    }

    /** Where the code lies that makes a hypercall. */
    static long callCode() {
        return GPA + CALL_CODE;
    }

    private static int address(int place) {
        return (int) GPA + place;
    }

    private void put(long at, byte... bytes) {
        MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, at, bytes.length);
    }

    /** Sets up a VP; then the loop that fetches commands, whose place it returns. */
    private int start() {
        code.raw(0xBF).imm32(LOCAL_APIC); // mov edi, LOCAL_APIC
        apic(APIC_SVR, SVR_ENABLED);
        apic(APIC_LINT0, MASKED);
        apic(APIC_LINT1, MASKED);
        apic(APIC_TPR, 0);
        code.raw(0x0F, 0x01, 0x9D).imm32(Mailbox.IDTR); // lidt [rbp + IDTR]
        int loop = code.here();
        code.raw(0x48, 0x8D, 0xA5).imm32(Mailbox.BYTES); // lea rsp, [rbp + end]
        code.raw(0xE5, COMMAND_PORT, 0xFF, 0xE0); // in eax, COMMAND_PORT; jmp rax
        return loop;
    }

    /** {@code mov dword [rdi + register], value}. */
    private void apic(int register, int value) {
        code.raw(0xC7, 0x87).imm32(register).imm32(value);
    }

    private void move(int opcode) {
        for (int[] move : MOVES) {
            code.raw(move[0], opcode, move[1]).imm32(move[2]);
        }
    }

    private int instruction(int... bytes) {
        int place = code.here();
        move(0x8B);
        code.raw(bytes);
        move(0x89);
        code.jump(main);
        return address(place);
    }

    private int call() {
        int place = code.here();
        move(0x8B);
        for (int i = 0; i < CallRegisters.XMM_REGISTERS; i++) {
            code.raw(0x0F, 0x10, 0x85 | i << 3).imm32(Mailbox.XMM + 16 * i); // movups xmm, [rbp + XMM]
        }
        code.raw(0xFF, 0x95).imm32(Mailbox.TARGET); // call [rbp + TARGET]
        move(0x89);
        code.jump(main);
        return address(place);
    }

    private int window() {
        int place = code.here();
        code.raw(0xFB); // sti
        code.raw(0xE5, WINDOW_PORT, 0x85, 0xC0, 0x75, -6); // in eax, WINDOW_PORT; test eax, eax; jnz back
        code.raw(0xFA); // cli
        code.jump(main);
        return address(place);
    }

    /** The end of an exception: its vector is on the stack, and what it interrupted is over. */
    private int fault() {
        int place = code.here();
        code.raw(0x58, 0x89, 0x85).imm32(Mailbox.FAULT); // pop rax; mov [rbp + FAULT], eax
        code.jump(main);
        return place;
    }

    /** The handler of an interrupt, whose vector is on the stack: counts it and ends it as the mailbox says. */
    private int interrupt() {
        int place = code.here();
        code.raw(0x50, 0x51, 0x52); // push rax, rcx, rdx
        code.raw(0x8B, 0x44, 0x24, 0x18); // mov eax, [rsp + 24]
        code.raw(0xFF, 0x84, 0x85).imm32(Mailbox.COUNTS); // inc dword [rbp + rax * 4 + COUNTS]
        code.raw(0x8B, 0x85).imm32(Mailbox.EOI); // mov eax, [rbp + EOI]
        int toApic = ifEoiIs(Operation.Eoi.APIC);
        int toEnd = ifEoiIs(Operation.Eoi.NONE);
        int toMsr = ifEoiIs(Operation.Eoi.MSR);
        code.raw(0x48, 0x8B, 0x85).imm32(Mailbox.ASSIST); // mov rax, [rbp + ASSIST]
        code.raw(0xF0, 0x0F, 0xBA, 0x30, 0x00); // lock btr dword [rax], 0
        int wasSet = code.forward(0x72);
        code.bind(toMsr).raw(0x31, 0xC0, 0x31, 0xD2, 0xB9).imm32(HV_X64_MSR_EOI).raw(0x0F, 0x30);
        int written = code.forward(0xEB);
        code.bind(toApic).raw(0xB8).imm32(LOCAL_APIC + APIC_EOI); // mov eax, EOI
        code.raw(0xC7, 0x00).imm32(0); // mov dword [rax], 0
        code.bind(toEnd, wasSet, written);
        code.raw(0x5A, 0x59, 0x58, 0x48, 0x83, 0xC4, 0x08, 0x48, 0xCF); // pop all; add rsp, 8; iretq
        return place;
    }

    private int ifEoiIs(Operation.Eoi eoi) {
        code.raw(0x83, 0xF8, eoi.ordinal()); // cmp eax, eoi
        return code.forward(0x74);
    }

    /** Every vector has an entry that pushes it and goes on where all of its kind do. */
    private void interruptTable(int fault, int interrupt) {
        Assembly entries = new Assembly(PAGE);
        for (int vector = 0; vector < Mailbox.VECTORS; vector++) {
            long entry = GPA + ENTRIES + (long) vector * ENTRY_BYTES;
            long gate = (entry & 0xFFFF) | 8 << 16 | 0x8E00L << 32 | (entry >>> 16) << 48;
            memory.set(ValueLayout.JAVA_LONG, IDT + 16L * vector, gate);
            entries.raw(0x68).imm32(vector).jump((vector < EXCEPTIONS ? fault : interrupt) - ENTRIES);
        }
        put(ENTRIES, entries.code());
    }

    private void tables() {
        memory.set(ValueLayout.JAVA_LONG, GDT + 8, 0x00AF_9B00_0000_FFFFL);
        memory.set(ValueLayout.JAVA_LONG, GDT + 16, 0x00CF_9300_0000_FFFFL);
        memory.set(ValueLayout.JAVA_LONG, PML4, GPA + PDPT | 7);
        for (int gib = 0; gib < GIBS; gib++) {
            long directory = PD + (long) gib * PAGE;
            memory.set(ValueLayout.JAVA_LONG, PDPT + 8L * gib, GPA + directory | 7);
            for (int i = 0; i < PAGE / 8; i++) {
                memory.set(ValueLayout.JAVA_LONG, directory + 8L * i, (long) gib << 30 | (long) i << 21 | 0x87);
            }
        }
    }
}
