package hv.hosted;

import hv.api.VpSet;
import java.util.BitSet;

/**
 * A flush of TLBs that was asked for.
 *
 * @param caller the VP that asked
 * @param vps the VPs to be flushed; do not change it
 */
public record TlbFlush(int caller, BitSet vps) {
    static TlbFlush of(int caller, VpSet targets) {
        long[] words = new long[targets.banks()];
        for (int i = 0; i < words.length; i++) {
            words[i] = targets.bank(i);
        }
        return new TlbFlush(caller, BitSet.valueOf(words));
    }
}
