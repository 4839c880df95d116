package hv.partition.places;

import hv.api.SavedState;
import hv.api.SavedState.Section;
import hv.api.StateException;
import hv.api.enlightenment.StateReader;
import hv.api.enlightenment.StateWriter;
import hv.api.machine.SectionReader;
import hv.api.machine.StateBuffer;
import hv.api.machine.StateSections;
import hv.partition.failure.BundleCalls.Steps;
import hv.partition.failure.CallException;
import hv.partition.failure.Callback;
import java.util.ArrayList;
import java.util.List;

/**
 * Sections of saved state: what a tenant writes and takes, and how a section finds its place. The same for a snapshot,
 * for a restore and for one version taking over from another. Called while every VP is stopped or at a safe point.
 */
final class TenantState {
    /** Of all byte strings of one section. */
    private static final long MAX_TOTAL_BYTES = 4 * 1024 * 1024;

    /** A step of saving. */
    interface Source {
        void save(StateWriter out);
    }

    /** A step of restoring. */
    interface Sink {
        void restore(StateReader in) throws StateException;
    }

    private TenantState() {}

    /** Everything of a tenant with {@code vps} VPs, partition-wide first. On a thread that may hang. */
    static List<Section> save(Tenant tenant, int vps, Steps steps) throws CallException {
        steps.enter(tenant.callee(), Callback.SAVE);
        List<Section> sections = new ArrayList<>();
        String id = tenant.descriptor().id();
        int version = tenant.descriptor().stateVersion();
        save(sections, id, SavedState.PARTITION, version, tenant.attachment()::save);
        for (int vp = 0; vp < vps; vp++) {
            save(sections, id, vp, version, tenant.part(vp)::save);
        }
        return sections;
    }

    /** Adds a section, unless nothing is written into it. */
    static void save(List<Section> sections, String id, int vp, int version, Source source) {
        StateBuffer.Writer writer = new StateBuffer.Writer(MAX_TOTAL_BYTES);
        source.save(writer);
        if (!writer.isEmpty()) {
            sections.add(writer.section(id, vp, version));
        }
    }

    /**
     * Has a tenant with {@code vps} VPs take its sections out of {@code rest}. On a thread that may hang.
     *
     * @throws StateException that names the bad section; part of the tenant may have changed
     */
    static void restore(StateSections rest, Tenant tenant, int vps, Steps steps) throws StateException, CallException {
        steps.enter(tenant.callee(), Callback.RESTORE);
        String id = tenant.descriptor().id();
        int version = tenant.descriptor().stateVersion();
        var attachment = tenant.attachment();
        restore(rest, id, SavedState.PARTITION, version, attachment::restore, attachment::save);
        for (int i = 0; i < vps; i++) {
            var part = tenant.part(i);
            restore(rest, id, i, version, part::restore, part::save);
        }
    }

    /** Takes one section out of {@code rest} and hands it over. */
    static void restore(StateSections rest, String id, int vp, int version, Sink sink, Source source)
            throws StateException {
        if (!rest.has(id, vp)) {
            // What saves nothing has no section; anything else must have one.
            StateBuffer.Writer probe = new StateBuffer.Writer(MAX_TOTAL_BYTES);
            source.save(probe);
            if (probe.isEmpty()) {
                return;
            }
        }
        SectionReader section = rest.takeOrNext(id, vp, version);
        try {
            sink.restore(new StateBuffer.Reader(section));
            if (section.version() <= version) {
                // A newer writer may have known more.
                section.end();
            }
        } catch (StateException e) {
            throw section.named(e);
        }
    }

    /** Sections by place. */
    static StateSections byPlace(List<Section> sections) throws StateException {
        return new StateSections(new SavedState(sections));
    }

    /** How much the values and byte strings of sections come to. */
    static long bytes(List<Section> sections) {
        long sum = 0;
        for (Section section : sections) {
            sum += (long) Long.BYTES * section.values().size();
            for (byte[] content : section.bytes().values()) {
                sum += content.length;
            }
        }
        return sum;
    }
}
