package hv.kvm;

import hv.api.VpSet;
import java.util.concurrent.locks.LockSupport;

/**
 * Has a set of VPs flush their TLBs and waits until none of them uses an older translation: each is told, those in the
 * guest are kicked, and then each is waited for until it has left the guest once. A VP that waits here is itself out of
 * the guest, so two that flush each other do not wait for ever. One per VP, used on its thread; allocates nothing.
 */
final class FlushRound {
    private static final long POLL_NANOS = 10_000;

    private final long[] seen = new long[VpSet.MAX_VPS];

    void run(VcpuThread[] vps, VpSet targets) {
        for (int vp = 0; vp < vps.length; vp++) {
            if (targets.contains(vp)) {
                seen[vp] = vps[vp].wantFlush();
            }
        }
        for (int vp = 0; vp < vps.length; vp++) {
            if (targets.contains(vp)) {
                while (!vps[vp].hasLeftGuest(seen[vp])) {
                    LockSupport.parkNanos(POLL_NANOS);
                }
            }
        }
    }
}
