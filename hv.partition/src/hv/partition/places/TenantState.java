package hv.partition.places;

import hv.api.SavedState;
import hv.api.SavedState.Section;
import hv.api.StateException;
import hv.api.enlightenment.StateReader;
import hv.api.enlightenment.StateWriter;
import hv.partition.failure.BundleCalls.Steps;
import hv.partition.failure.CallException;
import hv.partition.failure.Callback;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Sections of saved state: what a tenant writes and takes, and how a section finds its place. The same for a snapshot,
 * for a restore and for one version taking over from another. Called while every VP is stopped or at a safe point.
 */
final class TenantState {
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
        StateBuffer.Writer writer = new StateBuffer.Writer();
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
    static void restore(Map<String, Section> rest, Tenant tenant, int vps, Steps steps)
            throws StateException, CallException {
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
    static void restore(Map<String, Section> rest, String id, int vp, int version, Sink sink, Source source)
            throws StateException {
        Section section = rest.remove(key(id, vp));
        if (section == null) {
            // What saves nothing has no section; anything else must have one.
            StateBuffer.Writer probe = new StateBuffer.Writer();
            source.save(probe);
            if (probe.isEmpty()) {
                return;
            }
            throw new StateException("section " + key(id, vp) + " is missing");
        }
        if (section.version() < 1 || section.version() > version + 1) {
            throw new StateException("section %s has version %d, known are 1 to %d"
                    .formatted(key(id, vp), section.version(), version + 1));
        }
        StateBuffer.Reader reader = new StateBuffer.Reader(section);
        try {
            sink.restore(reader);
            reader.finish(version);
        } catch (StateException e) {
            StateException located = new StateException("section " + key(id, vp) + ": " + e.getMessage());
            located.initCause(e);
            throw located;
        }
    }

    /** Sections by place. */
    static Map<String, Section> byPlace(List<Section> sections) throws StateException {
        Map<String, Section> places = new HashMap<>();
        for (Section section : sections) {
            if (places.put(key(section.id(), section.vp()), section) != null) {
                throw new StateException("section " + key(section.id(), section.vp()) + " appears twice");
            }
        }
        return places;
    }

    /** Complains about sections that nobody took. */
    static void refuseRest(Map<String, Section> rest) throws StateException {
        if (!rest.isEmpty()) {
            throw new StateException("section %s has no place in this partition"
                    .formatted(rest.keySet().stream().sorted().findFirst().orElseThrow()));
        }
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

    private static String key(String id, int vp) {
        return vp == SavedState.PARTITION ? id : id + "/vp" + vp;
    }
}
