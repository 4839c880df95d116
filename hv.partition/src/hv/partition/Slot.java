package hv.partition;

import hv.api.Attachment;
import hv.api.Descriptor;
import hv.api.Enlightenment;
import hv.api.Partition;
import hv.api.VpAttachment;
import java.util.ArrayList;
import java.util.List;

/**
 * The place of one enlightenment in one partition: its attachment and the part of each VP. The slot belongs to the partition, what is
 * in it came from the bundle. Changed only while every VP is stopped or not yet there.
 */
final class Slot {
    private final Descriptor descriptor;
    private final Attachment attachment;
    private final List<VpAttachment> vps = new ArrayList<>();

    Slot(Enlightenment enlightenment, Partition partition) {
        this.descriptor = enlightenment.descriptor();
        this.attachment = enlightenment.attach(partition);
    }

    Descriptor descriptor() {
        return descriptor;
    }

    Attachment attachment() {
        return attachment;
    }

    /** The part of VP {@code index}. */
    VpAttachment vp(int index) {
        return vps.get(index);
    }

    int vpCount() {
        return vps.size();
    }

    void addVp(VpImpl vp) {
        vps.add(attachment.addVp(vp));
    }

    void reset() {
        attachment.reset();
        vps.forEach(VpAttachment::reset);
    }
}
