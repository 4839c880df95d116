package hv.guest;

import static hv.guest.Operand.ADDRESS;
import static hv.guest.Operand.COMPARISON;
import static hv.guest.Operand.DESTINATION;
import static hv.guest.Operand.ELSE;
import static hv.guest.Operand.EOI;
import static hv.guest.Operand.FOUR_DESTINATIONS;
import static hv.guest.Operand.GOTO;
import static hv.guest.Operand.HEX;
import static hv.guest.Operand.LABEL;
import static hv.guest.Operand.ON_OFF;
import static hv.guest.Operand.SOURCE;
import static hv.guest.Operand.TEXT;
import static hv.guest.Operand.TEXT_KEYWORD;
import static hv.guest.Operand.WORD;
import static hv.guest.Operand.XMM;

import java.util.List;

/**
 * What a part can do: the one list that the compiler, both machines and the table in README.md follow. An operation's
 * number in the bytecode is its place in this list, which is also its place in the kernel's table
 * ({@code kernel/interpreter.s}).
 */
enum Operation {
    PASS("pass", "ends the part on this VP: ok"),
    FAIL("fail \"text\"", "ends it: failed, with the file, the line and the text", TEXT),
    SKIP("skip \"text\"", "ends it: skipped, with the reason", TEXT),
    SAY("say \"text\"", "writes a line at once, not only when the part has ended", TEXT),
    GOTO_LABEL("goto label", "goes on at the label", LABEL),
    IF(
            "if a == b goto label",
            "goes on there if it holds: == != < > <= >=, unsigned",
            SOURCE,
            COMPARISON,
            SOURCE,
            GOTO,
            LABEL),
    CALL("call label", "goes there; the next `return` comes back; at most 16 deep", LABEL),
    RETURN("return", "goes on after the last `call`"),
    EXPECT(
            "expect a == b \"text\"",
            "fails with the text and both values unless it holds",
            SOURCE,
            COMPARISON,
            SOURCE,
            TEXT),
    MOV("mov rD, a", "rD = a", DESTINATION, SOURCE),
    ADD("add rD, a, b", "rD = a + b, 64 bits, wrapping", DESTINATION, SOURCE, SOURCE),
    SUB("sub rD, a, b", "rD = a - b", DESTINATION, SOURCE, SOURCE),
    AND("and rD, a, b", "rD = a AND b", DESTINATION, SOURCE, SOURCE),
    OR("or rD, a, b", "rD = a OR b", DESTINATION, SOURCE, SOURCE),
    XOR("xor rD, a, b", "rD = a XOR b", DESTINATION, SOURCE, SOURCE),
    SHL("shl rD, a, b", "rD = a shifted left by b; 0 if b is 64 or more", DESTINATION, SOURCE, SOURCE),
    SHR("shr rD, a, b", "rD = a shifted right by b, zeros come in; 0 if b is 64 or more", DESTINATION, SOURCE, SOURCE),
    MUL("mul rD, a, b", "rD = low 64 bits of a * b", DESTINATION, SOURCE, SOURCE),
    MULHI("mulhi rD, a, b", "rD = high 64 bits of the unsigned product", DESTINATION, SOURCE, SOURCE),
    DIV("div rD, a, b", "rD = a / b, unsigned; b = 0 fails the part", DESTINATION, SOURCE, SOURCE),
    REM("rem rD, a, b", "rD = the remainder of that", DESTINATION, SOURCE, SOURCE),
    LOAD8(
            "load8 rD, [a+N]",
            "rD = the byte at a + N; outside RAM fails the part; N may be left out",
            DESTINATION,
            ADDRESS),
    LOAD16("load16 rD, [a+N]", "rD = the 16 bits there", DESTINATION, ADDRESS),
    LOAD32("load32 rD, [a+N]", "rD = the 32 bits there", DESTINATION, ADDRESS),
    LOAD64("load64 rD, [a+N]", "rD = the 64 bits there", DESTINATION, ADDRESS),
    STORE8("store8 [a+N], b", "stores the low byte of b", ADDRESS, SOURCE),
    STORE16("store16 [a+N], b", "stores the low 16 bits of b", ADDRESS, SOURCE),
    STORE32("store32 [a+N], b", "stores the low 32 bits of b", ADDRESS, SOURCE),
    STORE64("store64 [a+N], b", "stores b", ADDRESS, SOURCE),
    GETAND32(
            "getand32 rD, [a+N], b",
            "rD = the 32 bits there; ANDs b into them, atomically",
            DESTINATION,
            ADDRESS,
            SOURCE),
    GETOR32(
            "getor32 rD, [a+N], b",
            "rD = the 32 bits there; ORs b into them, atomically",
            DESTINATION,
            ADDRESS,
            SOURCE),
    CPUID("cpuid rD, leaf", "EAX, EBX, ECX, EDX into rD and the next three; subleaf 0", FOUR_DESTINATIONS, SOURCE),
    RDMSR(
            "rdmsr rD, msr [else label]",
            "reads an MSR; on #GP goes to the label, without one fails",
            DESTINATION,
            SOURCE,
            ELSE),
    WRMSR("wrmsr msr, a [else label]", "writes an MSR; the same", SOURCE, SOURCE, ELSE),
    RDTSC("rdtsc rD", "the time stamp counter", DESTINATION),
    CLOCK("clock rD", "the guest's own time in 100 ns, from its TSC and no enlightenment", DESTINATION),
    HYPERCALL(
            "hypercall rD, control, in, out [else label]",
            "calls through the hypercall page; rD = the result value; on #UD or #GP goes to the label, without one fails",
            DESTINATION,
            SOURCE,
            SOURCE,
            SOURCE,
            ELSE),
    SET_XMM("xmm N, low, high", "what XMM register 0 to 5 holds at the hypercalls that follow", XMM, SOURCE, SOURCE),
    OUT32(
            "out32 a, b",
            "writes the low 32 bits of b to I/O port a; without a CPU there are no ports, and nothing happens",
            SOURCE,
            SOURCE),
    INTERRUPTS("interrupts on|off", "lets interrupts in while the part runs; off at its start", ON_OFF),
    SET_EOI(
            "eoi vector, apic|none",
            "whether the handler of the vector ends it at the APIC (at first) or not",
            SOURCE,
            EOI),
    COUNT("count rD, vector", "how often the vector came since the part began on this VP", DESTINATION, SOURCE),
    WAIT(
            "wait rD, vector, n, time",
            "halts with interrupts on until the vector has come n times or the time is over; rD = how often it came",
            DESTINATION,
            SOURCE,
            SOURCE,
            SOURCE),
    HALT("halt time", "halts with interrupts on until one comes or the time is over", SOURCE),
    BARRIER("barrier", "in a part that runs together: waits until every VP is here; 20 s fail it"),
    PAUSE("pause", "for a loop that waits for memory to change"),
    OPTION(
            "option rD, name, a",
            "rD = the value of name=... on the boot command line, or a",
            DESTINATION,
            WORD,
            SOURCE),
    REPORT("report name, a", "adds name=a to this VP's line, in decimal", WORD, SOURCE),
    REPORT_HEX("report name, a, hex", "the same in hex", WORD, SOURCE, HEX),
    REPORT_TEXT("report name, a, text, n", "adds the n bytes at address a as text", WORD, SOURCE, TEXT_KEYWORD, SOURCE);

    private final String syntax;
    private final String meaning;
    private final List<Operand> operands;

    Operation(String syntax, String meaning, Operand... operands) {
        this.syntax = syntax;
        this.meaning = meaning;
        this.operands = List.of(operands);
    }

    /** How it is written, for people. */
    String syntax() {
        return syntax;
    }

    /** What it does, for people. */
    String meaning() {
        return meaning;
    }

    /** The word it begins with. */
    String mnemonic() {
        int blank = syntax.indexOf(' ');
        return blank < 0 ? syntax : syntax.substring(0, blank);
    }

    /** What follows that word, in order. */
    List<Operand> operands() {
        return operands;
    }

    /** Whether what follows in the text is never reached by going on. */
    boolean ends() {
        return this == PASS || this == FAIL || this == SKIP || this == GOTO_LABEL || this == RETURN;
    }
}
