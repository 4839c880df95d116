package hv.partition;

import hv.hosted.HostedRegisters;

/** The registers of a caller, set by a test. */
final class Registers extends HostedRegisters {
    /** A 64-bit caller. */
    static Registers of64(long control, long input, long output) {
        Registers registers = new Registers();
        registers.call(Mode.LONG, 0, control, input, output);
        return registers;
    }

    /** A 32-bit caller, with rubbish in the upper halves that must not matter. */
    static Registers of32(long control, long input, long output) {
        Registers registers = new Registers();
        registers.call(Mode.PROTECTED, 0, control, input, output);
        registers.rdx(registers.rdx() | 0xDEAD_0000_0000_0000L);
        registers.rax(registers.rax() | 0xBEEF_0000_0000_0000L);
        return registers;
    }

    /** Sets the low half of XMM0, the high half, the low half of XMM1 and so on. */
    void half(int index, long value) {
        boolean isLow = index % 2 == 0;
        int register = index / 2;
        xmm(register, isLow ? value : xmmLow(register), isLow ? xmmHigh(register) : value);
    }
}
