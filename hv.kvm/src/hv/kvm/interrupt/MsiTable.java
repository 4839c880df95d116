package hv.kvm.interrupt;

import hv.kvm.abi.Handle;
import hv.kvm.abi.Ioctl;
import hv.kvm.layout.KvmMsi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/**
 * Sends interrupts to local APICs as message-signalled interrupts (KVM_SIGNAL_MSI): fixed delivery, physical
 * destination, edge-triggered.
 *
 * <p>The kernel wants a structure per request. There are few different ones, a vector of a VP, so they are all made
 * beforehand, 8 KiB per VP, and sending takes no lock and allocates nothing. Any thread.
 */
public final class MsiTable {
    private static final int VECTORS = 256;
    private static final int MSI_BASE = 0xFEE0_0000;
    /** Vector, delivery mode, level, trigger: at the same bits in a command and in a message. */
    private static final int COMMAND_MASK = 0xC7FF;

    private final UnansweredRequest requests;
    private final int vps;
    private final MemorySegment structures;

    public MsiTable(Handle vm, int vps, Arena arena) {
        this.requests = new UnansweredRequest(vm, Ioctl.KVM_SIGNAL_MSI, arena);
        this.vps = vps;
        this.structures = arena.allocate((long) vps * VECTORS * KvmMsi.BYTES, 8);
        for (int vp = 0; vp < vps; vp++) {
            for (int vector = 0; vector < VECTORS; vector++) {
                long at = at(vp, vector);
                // Bits 7:0 of the APIC id go to address bits 19:12, the others, with KVM_X2APIC_API_USE_32BIT_IDS, to
                // bits 31:8 of the upper half.
                structures.set(ValueLayout.JAVA_INT, at + KvmMsi.ADDRESS_LO, MSI_BASE | (vp & 0xFF) << 12);
                structures.set(ValueLayout.JAVA_INT, at + KvmMsi.ADDRESS_HI, vp & ~0xFF);
                structures.set(ValueLayout.JAVA_INT, at + KvmMsi.DATA, vector);
            }
        }
    }

    /**
     * Requests {@code vector} of VP {@code vp}. One that the APIC does not take (it is switched off, the vector is
     * below 16) is lost, as in hardware.
     */
    public void send(int vp, int vector) {
        Objects.checkIndex(vp, vps);
        Objects.checkIndex(vector, VECTORS);
        requests.send(structures.address() + at(vp, vector));
    }

    int vps() {
        return vps;
    }

    /**
     * Sends what an xAPIC interrupt command says: delivery mode, destination mode, level and trigger of {@code
     * command}'s low half, to the 8-bit {@code destination}. Not for a hot path.
     */
    void command(int destination, int command) {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment message = scratch.allocate(KvmMsi.BYTES, 8);
            int logical = command >>> 11 & 1;
            message.set(ValueLayout.JAVA_INT, KvmMsi.ADDRESS_LO, MSI_BASE | (destination & 0xFF) << 12 | logical << 2);
            message.set(ValueLayout.JAVA_INT, KvmMsi.DATA, command & COMMAND_MASK);
            requests.send(message.address());
        }
    }

    private static long at(int vp, int vector) {
        return ((long) vp * VECTORS + vector) * KvmMsi.BYTES;
    }
}
