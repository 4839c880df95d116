package hv.partition;

import hv.api.Attachment;
import hv.api.Descriptor;
import hv.api.StateException;
import hv.api.VpAttachment;
import hv.partition.failure.Callback;
import hv.partition.failure.Failures;
import hv.partition.plan.Catalogue;
import java.util.ArrayList;
import java.util.List;

/**
 * One version of an enlightenment that is attached to a partition: its attachment, the part of each VP, and what these hold of the
 * VPs. A {@link Slot} is the place it is in. Changed only while every VP is stopped, at a safe point or not yet there.
 */
final class Tenant {
    private final Catalogue.Entry entry;
    private final Attachment attachment;
    private final List<VpAttachment> parts = new ArrayList<>();
    private final List<TenantVp> leases = new ArrayList<>();

    private Tenant(Catalogue.Entry entry, Attachment attachment) {
        this.entry = entry;
        this.attachment = attachment;
    }

    /** Attaches {@code entry}; no VP yet. */
    static Tenant attach(Catalogue.Entry entry, PartitionImpl partition) {
        return new Tenant(entry, entry.enlightenment().attach(partition));
    }

    Catalogue.Entry entry() {
        return entry;
    }

    Descriptor descriptor() {
        return entry.descriptor();
    }

    Attachment attachment() {
        return attachment;
    }

    /**
     * Has {@code entry} do everything that taking over will need, on a VP that is not there, and forgets it. The guest may run.
     *
     * @throws StateException if it does not take what it has saved itself
     */
    static void rehearse(Catalogue.Entry entry, PartitionImpl partition) throws StateException {
        Tenant model = attach(entry, partition);
        try {
            model.parts.add(model.attachment.addVp(new RehearsalVp(partition)));
            TenantState.restore(TenantState.byPlace(TenantState.save(model)), model);
            model.attachment.takeOver(model.attachment.handOver());
            new Routes(partition.gate()).add(entry.descriptor(), model.part(0));
        } finally {
            model.attachment.close();
        }
    }

    void addVp(VpImpl vp) {
        TenantVp lease = new TenantVp(vp, entry.id());
        leases.add(lease);
        parts.add(attachment.addVp(lease));
    }

    int vpCount() {
        return parts.size();
    }

    /** The part of VP {@code index}. */
    VpAttachment part(int index) {
        return parts.get(index);
    }

    /** All parts, by VP index. */
    List<VpAttachment> parts() {
        return parts;
    }

    void reset() {
        attachment.reset();
        parts.forEach(VpAttachment::reset);
    }

    /** Ends it: closes the attachment and takes back what it holds of the VPs. Nothing of the partition refers to it afterwards. */
    void release(Failures failures) {
        try {
            attachment.close();
        } catch (Throwable e) {
            failures.record(entry.id(), Callback.CLOSE, e);
        }
        leases.forEach(TenantVp::release);
    }
}
