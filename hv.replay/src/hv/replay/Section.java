package hv.replay;

/** Which topic of the interface an operation belongs to, so that a reader of a difference knows where to look. */
final class Section {
    private static final int WINDOW = 0x4000_0000;

    private Section() {}

    static String of(Operation operation) {
        return switch (operation) {
            case Operation.ReadMsr read -> "MSRs: " + msr(read.msr() - WINDOW);
            case Operation.WriteMsr write -> "MSRs: " + msr(write.msr() - WINDOW);
            case Operation.Cpuid cpuid -> "CPUID: leaf 0x%08x".formatted(cpuid.leaf());
            case Operation.Hypercall call ->
                "Hypercalls: " + call((int) call.registers().rcx() & 0xFFFF);
            case Operation.Poke poke -> "Memory";
            case Operation.Peek peek -> "Memory: pages that the hypervisor writes";
            case Operation.Interrupts interrupts -> "Interrupts: local APIC, SINTs, timers";
            case Operation.Sleep sleep -> "Time";
        };
    }

    private static String msr(int offset) {
        return switch (offset) {
            case 0x00, 0x01 -> "guest OS id and hypercall page";
            case 0x02 -> "VP index";
            case 0x03 -> "reset";
            case 0x10 -> "VP run time";
            case 0x20, 0x21 -> "reference counter and TSC page";
            case 0x22, 0x23 -> "frequencies";
            case 0x70, 0x71, 0x72 -> "APIC access";
            case 0x73 -> "VP assist page";
            case 0x106, 0x107, 0x108 -> "reenlightenment";
            case 0x118 -> "invariant TSC";
            default -> range(offset);
        };
    }

    private static String range(int offset) {
        if (offset >= 0x80 && offset <= 0x9F) {
            return "SynIC";
        }
        if (offset >= 0xB0 && offset <= 0xB7) {
            return "synthetic timers";
        }
        if (offset >= 0xF1 && offset <= 0xFF) {
            return "synthetic debugger";
        }
        return offset >= 0x100 && offset <= 0x105 ? "guest crash" : "indices that nobody answers";
    }

    private static String call(int code) {
        return switch (code) {
            case 0x02, 0x03, 0x13, 0x14 -> "TLB flush";
            case 0x08 -> "long spin wait";
            case 0x0B, 0x15 -> "cluster IPI";
            case 0x5C -> "post message";
            case 0x5D -> "signal event";
            case 0x69, 0x6A, 0x6B -> "synthetic debugger";
            default -> code >= 0x8001 && code <= 0x8041 ? "extended calls" : "other call codes";
        };
    }
}
