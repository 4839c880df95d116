package hv.api.enlightenment;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * What an enlightenment is, as data. The resolver, the launcher, the flag check, the privilege gate, the routing table,
 * the console, the README table and the contract tests all read this and nothing else.
 *
 * @param id the name without {@code hv-}, as {@code stimer-direct}; also its capability in namespace
 *     {@code hv.enlightenment}
 * @param title a few words for people
 * @param benefit one sentence: what the guest gains
 * @param section the TLFS chapter
 * @param options the flags it understands, first the one that switches it on
 * @param requires ids without which it cannot work
 * @param recommends ids without which it works, but not well
 * @param migrationVeto why a guest that uses it cannot be moved; empty if it can
 * @param cpuid bits that are always the same when it is on; values that depend on flags come from
 *     {@link Enlightenment#cpuid}
 * @param msrs the MSRs it answers
 * @param hypercalls the calls it answers
 * @param stateVersion version of what it saves, 1 or more
 * @param uses what it is good for; empty if it is for special cases only
 */
public record Descriptor(
        String id,
        String title,
        String benefit,
        String section,
        List<FlagOption> options,
        List<String> requires,
        List<String> recommends,
        String migrationVeto,
        List<CpuidBits> cpuid,
        List<MsrRange> msrs,
        List<HypercallSpec> hypercalls,
        int stateVersion,
        Set<Use> uses) {
    /** Copies the lists and checks that the whole makes sense. */
    public Descriptor {
        Objects.requireNonNull(id, "id");
        options = List.copyOf(options);
        requires = List.copyOf(requires);
        recommends = List.copyOf(recommends);
        cpuid = List.copyOf(cpuid);
        msrs = List.copyOf(msrs);
        hypercalls = List.copyOf(hypercalls);
        uses = Set.copyOf(uses);
        if (options.isEmpty()) {
            throw new IllegalArgumentException(id + ": no flag switches it on");
        }
        if (stateVersion < 1) {
            throw new IllegalArgumentException(id + ": state version " + stateVersion);
        }
        for (int i = 0; i < msrs.size(); i++) {
            for (int j = 0; j < i; j++) {
                if (msrs.get(i).overlaps(msrs.get(j))) {
                    throw new IllegalArgumentException(id + ": " + msrs.get(i).name() + " overlaps "
                            + msrs.get(j).name());
                }
            }
        }
    }

    /** One for special cases only. */
    public Descriptor(
            String id,
            String title,
            String benefit,
            String section,
            List<FlagOption> options,
            List<String> requires,
            List<String> recommends,
            String migrationVeto,
            List<CpuidBits> cpuid,
            List<MsrRange> msrs,
            List<HypercallSpec> hypercalls,
            int stateVersion) {
        this(
                id,
                title,
                benefit,
                section,
                options,
                requires,
                recommends,
                migrationVeto,
                cpuid,
                msrs,
                hypercalls,
                stateVersion,
                Set.of());
    }

    /** The id decides: code that looks into everything would be made at the first use, and a start would wait. */
    @Override
    public int hashCode() {
        return id.hashCode();
    }

    /** The flag that switches it on, as {@code hv-stimer-direct}. */
    public String flag() {
        return options.get(0).flag();
    }

    /**
     * Starts the descriptor of {@code component}, whose {@link ProvidesEnlightenment} and {@link RequiresEnlightenment}
     * annotations give the id and the requirements: the bundle's manifest is made from the same annotations.
     */
    public static Builder of(Class<?> component) {
        ProvidesEnlightenment provides = component.getAnnotation(ProvidesEnlightenment.class);
        if (provides == null) {
            throw new IllegalArgumentException(component.getName() + " lacks @ProvidesEnlightenment");
        }
        Builder builder = new Builder(provides.value());
        for (RequiresEnlightenment requires : component.getAnnotationsByType(RequiresEnlightenment.class)) {
            builder.requires.add(requires.value());
        }
        return builder;
    }

    /** Collects a descriptor; not thread-safe. Every list may be added to repeatedly. */
    public static final class Builder {
        private final String id;
        private final List<String> requires = new ArrayList<>();
        private final List<String> recommends = new ArrayList<>();
        private final List<FlagOption> options = new ArrayList<>();
        private final List<CpuidBits> cpuid = new ArrayList<>();
        private final List<MsrRange> msrs = new ArrayList<>();
        private final List<HypercallSpec> hypercalls = new ArrayList<>();
        private String title = "";
        private String benefit = "";
        private String section = "";
        private String migrationVeto = "";
        private int stateVersion = 1;
        private final Set<Use> uses = EnumSet.noneOf(Use.class);

        private Builder(String id) {
            this.id = id;
        }

        /** A few words for people, and one sentence about what the guest gains. */
        public Builder title(String text, String gain) {
            title = text;
            benefit = gain;
            return this;
        }

        /** The TLFS chapter. */
        public Builder section(String chapter) {
            section = chapter;
            return this;
        }

        /** A flag; the first one added switches the enlightenment on. Without any it is {@code hv-ID}, on or off. */
        public Builder option(FlagOption option) {
            options.add(option);
            return this;
        }

        /** An id without which it works, but not well. */
        public Builder recommends(String other) {
            recommends.add(other);
            return this;
        }

        /** Why a guest that uses it cannot be moved. */
        public Builder migrationVeto(String reason) {
            migrationVeto = reason;
            return this;
        }

        /** What it is good for. */
        public Builder uses(Use... good) {
            uses.addAll(List.of(good));
            return this;
        }

        /** Bits that are always the same when it is on. */
        public Builder cpuid(CpuidBits bits) {
            cpuid.add(bits);
            return this;
        }

        /** MSRs it answers. */
        public Builder msr(MsrRange range) {
            msrs.add(range);
            return this;
        }

        /** A call it answers. */
        public Builder hypercall(HypercallSpec spec) {
            hypercalls.add(spec);
            return this;
        }

        /** Version of what it saves; raise it when a saved value changes its meaning. */
        public Builder stateVersion(int version) {
            stateVersion = version;
            return this;
        }

        /** The finished descriptor. */
        public Descriptor build() {
            if (options.isEmpty()) {
                options.add(FlagOption.ofSwitch("hv-" + id));
            }
            return new Descriptor(
                    id,
                    title,
                    benefit,
                    section,
                    options,
                    requires,
                    recommends,
                    migrationVeto,
                    cpuid,
                    msrs,
                    hypercalls,
                    stateVersion,
                    uses);
        }
    }
}
