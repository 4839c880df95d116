package hv.partition.places;

import hv.api.StateException;
import hv.api.enlightenment.StateReader;
import hv.api.enlightenment.StateWriter;
import hv.api.enlightenment.VpAttachment;
import hv.api.synic.SintListener;
import java.util.Arrays;

/**
 * Stands in for a VP's part of a place that nobody is in: keeps what it is told, which is said once more to whoever
 * takes the place. Ends of interrupts and acknowledgements add up, so what is kept has a fixed size. On the VP's
 * thread; read while the VP is at a safe point.
 *
 * <p>Every interface of the API that enlightenments are told through ({@link hv.api.enlightenment.Peers}) is
 * implemented here.
 */
final class StandIn implements VpAttachment, SintListener {
    private static final int VECTORS = 256;
    private static final int SINTS = 16;

    private final long[] ended = new long[VECTORS / Long.SIZE];
    private int acknowledgedSints;

    @Override
    public void endOfInterrupt(int vector) {
        if (vector >= 0 && vector < VECTORS) {
            ended[vector / Long.SIZE] |= 1L << vector;
        }
    }

    @Override
    public void acknowledged(int sints) {
        acknowledgedSints |= sints;
    }

    /** Forgets what it was told: the guest is reset. */
    void clear() {
        Arrays.fill(ended, 0);
        acknowledgedSints = 0;
    }

    /** Writes it, as what was said to {@code place}. */
    void save(StateWriter out, String place) {
        for (int word = 0; word < ended.length; word++) {
            if (ended[word] != 0) {
                out.put(endedVectors(place, word), ended[word]);
            }
        }
        if (acknowledgedSints != 0) {
            out.put(acknowledgedSints(place), acknowledgedSints);
        }
    }

    private static String endedVectors(String place, int word) {
        return place + ".EndedVectors" + word;
    }

    private static String acknowledgedSints(String place) {
        return place + ".AcknowledgedSints";
    }

    /** Reads what {@link #save} wrote. */
    void read(StateReader in, String place) throws StateException {
        for (int word = 0; word < ended.length; word++) {
            ended[word] = in.get(endedVectors(place, word), 0);
        }
        long sints = in.get(acknowledgedSints(place), 0);
        if (sints >>> SINTS != 0) {
            throw new StateException("%s is 0x%x".formatted(acknowledgedSints(place), sints));
        }
        acknowledgedSints = (int) sints;
    }

    /** Tells {@code back} what it has missed. */
    void tell(VpAttachment back) {
        for (int word = 0; word < ended.length; word++) {
            for (long rest = ended[word]; rest != 0; rest &= rest - 1) {
                back.endOfInterrupt(word * Long.SIZE + Long.numberOfTrailingZeros(rest));
            }
        }
        if (acknowledgedSints != 0 && back instanceof SintListener listener) {
            listener.acknowledged(acknowledgedSints);
        }
    }
}
