package hv.evmcs;

import hv.api.GuestFault;
import hv.api.GuestMemory;
import hv.api.HostFacts;
import hv.api.PowerEvent;
import hv.api.Vendor;
import hv.api.VpSet;
import hv.api.host.ConfigurationException;
import hv.api.host.GuestPartition;
import hv.api.host.Host;
import hv.api.host.ManualClock;
import hv.api.nested.DirectFlush;
import hv.api.nested.EnlightenedVmcs;
import hv.api.nested.EvmcsField;
import hv.api.nested.MsrBitmapMerge;
import hv.hosted.HostedHost;
import hv.testkit.ManualHypervisor;
import java.util.ArrayList;
import java.util.List;

/**
 * A partition whose memory is watched and whose TLB flushes are recorded, with the pages that a nested hypervisor
 * needs.
 */
final class Machine implements AutoCloseable {
    static final String ALL = "hv-vapic,hv-evmcs,hv-emsr-bitmap,hv-tlbflush-direct";
    static final long MEMORY_BYTES = 1 << 20;

    /** What L1 sees as its VMCS revision in these tests. */
    static final int REVISION = 0x11E5_7ED0;

    static final long ASSIST_PAGES = 0x10_000;
    static final int FEATURES = 0x20;
    static final int ENLIGHTEN_VM_ENTRY = 0x28;
    static final int CURRENT_NESTED_VMCS = 0x30;

    final ManualHypervisor hypervisor =
            new ManualHypervisor(List.of(new TestVapic(), new Evmcs(), new EmsrBitmap(), new TlbflushDirect()));
    private final RecordingHost host;
    private final GuestPartition partition;

    Machine(String flags, Vendor vendor, int vps) {
        host = new RecordingHost(
                HostedHost.builder().memoryBytes(MEMORY_BYTES).vendor(vendor).build());
        try {
            partition = hypervisor.create(flags, host);
        } catch (ConfigurationException e) {
            throw new AssertionError(e);
        }
        for (int i = 0; i < vps; i++) {
            partition.addVp();
        }
    }

    static Machine intel() {
        return new Machine(ALL, Vendor.INTEL, 1);
    }

    WatchedMemory memory() {
        return host.memory;
    }

    GuestPartition partition() {
        return partition;
    }

    /** The sets of VPs whose TLBs were flushed. */
    List<Long> flushes() {
        return host.flushes;
    }

    EnlightenedVmcs evmcs(int vp) {
        return partition
                .service("evmcs", EnlightenedVmcs.OfPartition.class)
                .orElseThrow()
                .vp(vp);
    }

    MsrBitmapMerge merge(int vp) {
        return partition
                .service("emsr-bitmap", MsrBitmapMerge.OfPartition.class)
                .orElseThrow()
                .vp(vp);
    }

    DirectFlush direct(int vp) {
        return partition
                .service("tlbflush-direct", DirectFlush.OfPartition.class)
                .orElseThrow()
                .vp(vp);
    }

    static long assistPage(int vp) {
        return ASSIST_PAGES + vp * 0x1000L;
    }

    /** L1 writes the VP assist page MSR. */
    void setAssistPage(int vp, long value) {
        try {
            partition.vp(vp).writeMsr(TestVapic.VP_ASSIST_PAGE, value);
        } catch (GuestFault e) {
            throw new AssertionError(e);
        }
    }

    /** L1 switches the assist page and enlightened entry on, and points at a page of version 1. */
    void enlighten(int vp, long evmcsPage) {
        setAssistPage(vp, assistPage(vp) | 1);
        memory().putInt(assistPage(vp) + ENLIGHTEN_VM_ENTRY, 1);
        point(vp, evmcsPage);
        put(evmcsPage, EvmcsField.VERSION_NUMBER, 1);
    }

    /** L1 points at a page. */
    void point(int vp, long evmcsPage) {
        memory().putLong(assistPage(vp) + CURRENT_NESTED_VMCS, evmcsPage);
    }

    /** L1 lets L0 take calls of L2. */
    void allowDirectHypercall(int vp, boolean isAllowed) {
        memory().putInt(assistPage(vp) + FEATURES, isAllowed ? 1 : 0);
    }

    /** Stores into a field of a page. */
    void put(long page, EvmcsField field, long value) {
        byte[] bytes = new byte[8];
        for (int i = 0; i < 8; i++) {
            bytes[i] = (byte) (value >>> 8 * i);
        }
        memory().write(page + field.offset(), bytes, 0, Math.min(8, field.bytes()));
    }

    /** Reads a field of a page, zero-extended. */
    long get(long page, EvmcsField field) {
        byte[] bytes = new byte[8];
        host.hosted.memory().read(page + field.offset(), bytes, 0, Math.min(8, field.bytes()));
        long value = 0;
        for (int i = 7; i >= 0; i--) {
            value = value << 8 | bytes[i] & 0xFF;
        }
        return value;
    }

    int cleanFields(long page) {
        return (int) get(page, EvmcsField.CLEAN_FIELDS);
    }

    @Override
    public void close() {
        partition.close();
    }

    private static final class RecordingHost implements Host, ManualClock {
        private final HostedHost hosted;
        private final WatchedMemory memory;
        private final List<Long> flushes = new ArrayList<>();

        RecordingHost(HostedHost hosted) {
            this.hosted = hosted;
            this.memory = new WatchedMemory(hosted.memory());
        }

        @Override
        public String name() {
            return hosted.name();
        }

        @Override
        public HostFacts facts() {
            return HostFacts.builder(
                            hosted.facts().vendor(),
                            hosted.facts().tscFrequencyHz(),
                            hosted.facts().apicFrequencyHz())
                    .tlbFlush(true)
                    .build();
        }

        @Override
        public GuestMemory memory() {
            return memory;
        }

        @Override
        public long guestTsc() {
            return hosted.guestTsc();
        }

        @Override
        public byte[] hypercallPage() {
            return hosted.hypercallPage();
        }

        @Override
        public void kick(int vp) {
            hosted.kick(vp);
        }

        @Override
        public void interrupt(int vp, int vector) {
            hosted.interrupt(vp, vector);
        }

        @Override
        public void power(PowerEvent event) {
            hosted.power(event);
        }

        @Override
        public boolean flushTlb(int caller, VpSet targets) {
            flushes.add(targets.bank(0));
            return true;
        }

        @Override
        public boolean isClockManual() {
            return true;
        }
    }
}
