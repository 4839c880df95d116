package hv.partition.places;

import hv.api.enlightenment.Attachment;
import hv.api.enlightenment.Descriptor;
import hv.api.enlightenment.VpAttachment;
import hv.partition.failure.BundleCalls;
import hv.partition.failure.BundleCalls.Steps;
import hv.partition.failure.CallException;
import hv.partition.failure.Callback;
import hv.partition.failure.Callee;
import hv.partition.plan.Catalogue;
import hv.partition.vp.Routes;
import hv.partition.vp.VpImpl;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * One version of an enlightenment that is attached to a partition: its attachment, the part of each VP, and what these
 * hold of the VPs. A {@link Place} is the place it is in. Changed only while every VP is stopped, at a safe point or
 * not yet there. What calls its code takes {@link Steps}: it is called on a thread that may hang.
 */
public final class Tenant {
    private final Catalogue.Entry entry;
    private final Callee callee;
    private final Attachment attachment;
    private final Surroundings surroundings;
    private final List<VpAttachment> parts = new ArrayList<>();
    private final List<TenantVp> leases = new ArrayList<>();
    private boolean isClosed;

    private Tenant(Catalogue.Entry entry, Attachment attachment, Surroundings surroundings) {
        this.entry = entry;
        this.callee = entry.callee().another();
        this.attachment = attachment;
        this.surroundings = surroundings;
    }

    /** Attaches {@code entry}; no VP yet. */
    static Tenant attach(Catalogue.Entry entry, Surroundings surroundings, Steps steps) throws CallException {
        steps.enter(entry.callee(), Callback.ATTACH);
        Attachment given = entry.enlightenment().attach(surroundings.partition());
        return new Tenant(entry, Objects.requireNonNull(given, "it gave no attachment"), surroundings);
    }

    Catalogue.Entry entry() {
        return entry;
    }

    Descriptor descriptor() {
        return entry.descriptor();
    }

    public Attachment attachment() {
        return attachment;
    }

    /** What a call of its code is told of. */
    Callee callee() {
        return callee;
    }

    /**
     * Has {@code entry} do everything that taking over will need, on a VP that is not there, and forgets it. The guest
     * may run.
     *
     * @throws CallException if it does not take what it has saved itself
     */
    static void rehearse(Catalogue.Entry entry, Surroundings surroundings, Steps steps) throws Throwable {
        Tenant model = attach(entry, surroundings, steps);
        try {
            steps.enter(model.callee, Callback.ADD_VP);
            model.parts.add(part(model.attachment.addVp(new RehearsalVp(surroundings.partition(), entry.id()))));
            TenantState.restore(TenantState.byPlace(TenantState.save(model, 1, steps)), model, 1, steps);
            model.takeOver(model.handOver(steps), steps);
            model.addRoutes(new Routes(surroundings.gate()), 0, steps);
            model.close(steps);
        } catch (Throwable e) {
            model.closeAfter(e);
            throw e;
        }
    }

    /** Closes what has failed; what comes of that is told with what went wrong before. */
    private void closeAfter(Throwable failure) {
        try {
            if (!isClosed) {
                attachment.close();
            }
        } catch (Throwable more) {
            failure.addSuppressed(more);
        }
    }

    private static VpAttachment part(VpAttachment given) {
        return Objects.requireNonNull(given, "it gave no part for a VP");
    }

    /** Adds the parts of VPs that it does not have yet. */
    public void addVps(VpImpl[] vps, Steps steps) throws CallException {
        steps.enter(callee, Callback.ADD_VP);
        while (parts.size() < vps.length) {
            TenantVp lease = new TenantVp(vps[parts.size()], entry.id(), surroundings);
            steps.commit(() -> leases.add(lease));
            VpAttachment part = part(attachment.addVp(lease));
            steps.commit(() -> parts.add(part));
        }
    }

    /** Takes back what a VP's part that was not completed has made. */
    public void dropHalfAdded() {
        while (leases.size() > parts.size()) {
            leases.remove(leases.size() - 1).release();
        }
    }

    /** The part of VP {@code index}. */
    VpAttachment part(int index) {
        return parts.get(index);
    }

    /** All parts, by VP index. */
    List<VpAttachment> parts() {
        return parts;
    }

    /** What its part of VP {@code vp} answers. */
    public void addRoutes(Routes routes, int vp, Steps steps) throws CallException {
        steps.enter(callee, Callback.HANDLERS);
        routes.add(descriptor(), parts.get(vp));
    }

    Map<String, Object> handOver(Steps steps) throws CallException {
        steps.enter(callee, Callback.HAND_OVER);
        return Map.copyOf(Objects.requireNonNull(attachment.handOver(), "it handed over null"));
    }

    void takeOver(Map<String, Object> handedOver, Steps steps) throws CallException {
        steps.enter(callee, Callback.TAKE_OVER);
        attachment.takeOver(handedOver);
    }

    void reset(Steps steps) throws CallException {
        steps.enter(callee, Callback.RESET);
        attachment.reset();
        parts.forEach(VpAttachment::reset);
    }

    void close(Steps steps) throws CallException {
        steps.enter(callee, Callback.CLOSE);
        isClosed = true;
        attachment.close();
    }

    /**
     * Ends it: takes back what it holds of the VPs and closes the attachment. Nothing of the partition refers to it
     * afterwards.
     */
    void release(BundleCalls calls) {
        takeBackLeases();
        closeReleased(calls);
    }

    /** Closes the attachment of one whose leases were taken back, which reaches no VP any more. VPs may run. */
    void closeReleased(BundleCalls calls) {
        try {
            calls.whileOthersWait(steps -> {
                close(steps);
                return null;
            });
        } catch (CallException told) {
            // It is gone all the same.
        }
    }

    /** Takes back what it holds of the VPs: its doorbells and alarms are not heard any more. At a safe point. */
    void takeBackLeases() {
        leases.forEach(TenantVp::release);
    }
}
