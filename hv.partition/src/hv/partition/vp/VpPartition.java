package hv.partition.vp;

import hv.api.enlightenment.Partition;

/** What a VP asks of the partition that it belongs to. On the VP's thread; neither locks nor allocates. */
public interface VpPartition extends Partition {
    /** Whether hypercalls are decoded: Hyper-V is announced and the guest has introduced itself. */
    boolean takesHypercalls();

    /**
     * Tells every enlightenment that VP {@code vp} has ended the interrupt {@code vector}; none of them keeps it from
     * the others.
     */
    void endOfInterrupt(int vp, int vector);
}
