package hv.hosted;

import hv.api.SavedState;
import hv.api.SavedState.Section;
import hv.api.StateException;
import hv.api.machine.SectionReader;
import hv.api.machine.StateSections;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a guest can see of a host without a CPU, as saved state: the TSC and the local APICs. Kicks are not in it:
 * whoever restores drains every VP. Used while nobody plays a VP.
 */
final class HostedState {
    private static final String TSC = "tsc";
    private static final String APIC = "apic";
    private static final String TICKS = "Ticks";
    private static final int VERSION = 1;

    private final GuestTsc tsc;
    private final ApicBus apics;

    HostedState(GuestTsc tsc, ApicBus apics) {
        this.tsc = tsc;
        this.apics = apics;
    }

    List<Section> save(int vps) {
        List<Section> sections = new ArrayList<>();
        sections.add(new Section(TSC, SavedState.PARTITION, VERSION, Map.of(TICKS, tsc.now()), Map.of()));
        for (int vp = 0; vp < vps; vp++) {
            sections.add(new Section(APIC, vp, VERSION, apics.apic(vp).state().values(), Map.of()));
        }
        return sections;
    }

    /** Reads everything, then gives back what applies it. */
    Runnable restore(StateSections state, int vps) throws StateException {
        long ticks = state.takeOrNext(TSC, SavedState.PARTITION, VERSION).value(TICKS);
        List<ApicState> read = new ArrayList<>();
        for (int vp = 0; vp < vps; vp++) {
            SectionReader section = state.takeOrNext(APIC, vp, VERSION);
            ApicState apic = ApicState.read(section);
            if (!apics.apic(vp).takes(apic)) {
                throw section.bad("the state does not fit this APIC");
            }
            read.add(apic);
        }
        return () -> {
            tsc.set(ticks);
            for (int vp = 0; vp < vps; vp++) {
                apics.apic(vp).restore(read.get(vp));
            }
        };
    }
}
