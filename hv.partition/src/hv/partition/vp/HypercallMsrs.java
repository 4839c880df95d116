package hv.partition.vp;

import hv.api.GuestFault;
import hv.api.GuestMemory;
import hv.api.GuestPage;
import hv.api.StateException;
import hv.api.enlightenment.Descriptor;
import hv.api.enlightenment.FlagOption;
import hv.api.enlightenment.MsrHandler;
import hv.api.enlightenment.MsrRange;
import hv.api.enlightenment.Privilege;
import hv.api.enlightenment.StateReader;
import hv.api.enlightenment.StateWriter;
import hv.partition.plan.CpuidAssembly;
import java.util.List;

/**
 * HV_X64_MSR_GUEST_OS_ID (0x40000000) and HV_X64_MSR_HYPERCALL (0x40000001): how a guest introduces itself and where it
 * wants the code that makes hypercalls (TLFS "Hypercall Interface: Establishing the Hypercall Interface"). The only
 * MSRs that belong to the partition itself.
 *
 * <p>A guest first writes a non-zero OS id, then the address of a page with Enable set; the host's code appears at the
 * start of that page, the rest of it stays as it was. The two are coupled: while the id is 0 a write to HYPERCALL is
 * ignored without a fault, and writing id 0 clears Enable. A page outside RAM is #GP and the old value stays. Enable=0
 * stores the value and leaves the code in place; calls work whenever the id is not 0. All this is KVM's behaviour; the
 * TLFS would lay a page over the RAM instead.
 *
 * <p>Partition-wide: every VP sees the same registers. Reads are one volatile load; writes, a handful in a guest's
 * life, are serialised.
 */
public final class HypercallMsrs implements MsrHandler {
    /** Id under which state and routes of the partition's own registers appear. */
    public static final String ID = "partition";

    public static final int HV_X64_MSR_GUEST_OS_ID = 0x4000_0000;
    public static final int HV_X64_MSR_HYPERCALL = 0x4000_0001;

    public static final Descriptor DESCRIPTOR = new Descriptor(
            ID,
            "hypercall interface",
            "can make hypercalls",
            "Hypercall Interface",
            List.of(FlagOption.ofSwitch("hv")),
            List.of(),
            List.of(),
            "",
            List.of(CpuidAssembly.ACCESS_HYPERCALL_MSRS),
            List.of(
                    range(HV_X64_MSR_GUEST_OS_ID, "HV_X64_MSR_GUEST_OS_ID"),
                    range(HV_X64_MSR_HYPERCALL, "HV_X64_MSR_HYPERCALL")),
            List.of(),
            1);

    private final GuestMemory memory;
    private final byte[] code;
    private volatile long guestOsId;
    private volatile long hypercall;

    public HypercallMsrs(GuestMemory memory, byte[] code) {
        if (code.length == 0 || code.length > GuestMemory.PAGE_BYTES) {
            throw new IllegalArgumentException("hypercall page code of " + code.length + " bytes");
        }
        this.memory = memory;
        this.code = code.clone();
    }

    private static MsrRange range(int msr, String name) {
        return MsrRange.of(msr, name, MsrRange.Access.READ_WRITE, Privilege.of(CpuidAssembly.ACCESS_HYPERCALL_MSRS));
    }

    /** Whether a hypercall is decoded at all. */
    public boolean isGuestIdentified() {
        return guestOsId != 0;
    }

    public long guestOsId() {
        return guestOsId;
    }

    @Override
    public long read(int msr) {
        return msr == HV_X64_MSR_GUEST_OS_ID ? guestOsId : hypercall;
    }

    @Override
    public synchronized void write(int msr, long value) throws GuestFault {
        if (msr == HV_X64_MSR_GUEST_OS_ID) {
            guestOsId = value;
            if (value == 0) {
                hypercall &= ~GuestPage.ENABLE;
            }
        } else if (guestOsId != 0) {
            if (GuestPage.isEnabled(value) && !writeCode(value)) {
                throw GuestFault.GENERAL_PROTECTION;
            }
            hypercall = value;
        }
    }

    private boolean writeCode(long value) {
        long gpa = GuestPage.gpa(value);
        if (!memory.isRam(gpa, code.length)) {
            return false;
        }
        memory.write(gpa, code, 0, code.length);
        return true;
    }

    public void save(StateWriter out) {
        out.put("HV_X64_MSR_GUEST_OS_ID", guestOsId);
        out.put("HV_X64_MSR_HYPERCALL", hypercall);
    }

    /** The registers as they are, for {@link #putBack}. */
    public synchronized Object mark() {
        return new long[] {guestOsId, hypercall};
    }

    /** Has the registers be again what they were at {@code mark}. RAM was not touched since. */
    public synchronized void putBack(Object mark) {
        long[] registers = (long[]) mark;
        guestOsId = registers[0];
        hypercall = registers[1];
    }

    /** Takes them back; RAM is left alone, since all may be put back yet. */
    public synchronized void restore(StateReader in) throws StateException {
        long id = in.get("HV_X64_MSR_GUEST_OS_ID");
        long page = in.get("HV_X64_MSR_HYPERCALL");
        if (GuestPage.isEnabled(page) && (id == 0 || !memory.isRam(GuestPage.gpa(page), code.length))) {
            throw new StateException("HV_X64_MSR_HYPERCALL 0x%x cannot be enabled".formatted(page));
        }
        guestOsId = id;
        hypercall = page;
    }

    /** Writes the code of this host into a page that a restored guest has. When nothing can be put back any more. */
    public synchronized void writeCode() {
        if (GuestPage.isEnabled(hypercall)) {
            writeCode(hypercall);
        }
    }

    public synchronized void reset() {
        guestOsId = 0;
        hypercall = 0;
    }
}
