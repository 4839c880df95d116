package hv.kvm;

import java.io.ByteArrayOutputStream;

/**
 * Builds a guest of a few instructions, byte by byte. Names say the instruction; operands are in the order of Intel's
 * manual.
 */
final class Code {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Code raw(int... values) {
        for (int value : values) {
            bytes.write(value);
        }
        return this;
    }

    private Code imm32(int value) {
        return raw(value, value >> 8, value >> 16, value >> 24);
    }

    /** {@code mov eax, value}; clears the upper half in 64-bit code. */
    Code movEax(int value) {
        return raw(0xB8).imm32(value);
    }

    Code movEcx(int value) {
        return raw(0xB9).imm32(value);
    }

    Code movEdx(int value) {
        return raw(0xBA).imm32(value);
    }

    Code movEbx(int value) {
        return raw(0xBB).imm32(value);
    }

    Code movEsi(int value) {
        return raw(0xBE).imm32(value);
    }

    Code movEdi(int value) {
        return raw(0xBF).imm32(value);
    }

    /** {@code mov r8d, value}. */
    Code movR8d(int value) {
        return raw(0x41, 0xB8).imm32(value);
    }

    /** {@code mov dword [address], value}; 64-bit code, address below 2 GiB. */
    Code store(int address, int value) {
        return raw(0xC7, 0x04, 0x25).imm32(address).imm32(value);
    }

    Code rdmsr() {
        return raw(0x0F, 0x32);
    }

    Code wrmsr() {
        return raw(0x0F, 0x30);
    }

    Code cpuid() {
        return raw(0x0F, 0xA2);
    }

    Code rdtsc() {
        return raw(0x0F, 0x31);
    }

    Code hlt() {
        return raw(0xF4);
    }

    Code cli() {
        return raw(0xFA);
    }

    Code sti() {
        return raw(0xFB);
    }

    /** {@code out port, eax}. */
    Code outEax(int port) {
        return raw(0xE7, port);
    }

    /** {@code out port, al}. */
    Code outAl(int port) {
        return raw(0xE6, port);
    }

    /** {@code in eax, port}. */
    Code inEax(int port) {
        return raw(0xE5, port);
    }

    /** {@code mov eax, reg} by its number: ecx 1, edx 2, ebx 3, esi 6, edi 7. */
    Code eaxFrom(int register) {
        return raw(0x8B, 0xC0 | register);
    }

    /** {@code mov eax, value; call eax}: {@code rax} in 64-bit code. */
    Code call(int address) {
        return movEax(address).raw(0xFF, 0xD0);
    }

    Code ret() {
        return raw(0xC3);
    }

    Code iretq() {
        return raw(0x48, 0xCF);
    }

    /** {@code jmp $}. */
    Code spin() {
        return raw(0xEB, 0xFE);
    }

    /** {@code hlt} for ever. */
    Code halt() {
        return raw(0xF4, 0xEB, 0xFD);
    }

    /** {@code jmp} back to {@code offset} of this code. */
    Code jumpTo(int offset) {
        int distance = offset - (size() + 5);
        return raw(0xE9).imm32(distance);
    }

    int size() {
        return bytes.size();
    }

    byte[] bytes() {
        return bytes.toByteArray();
    }
}
