package hv.testkit;

import hv.api.enlightenment.Attachment;
import hv.api.enlightenment.Descriptor;
import hv.api.enlightenment.Enlightenment;
import hv.api.enlightenment.FlagOption;
import hv.api.enlightenment.Partition;
import java.util.List;

/**
 * An enlightenment that does nothing but announce Hyper-V, for guests in which the one under test is off or only tunes.
 * Stateless.
 */
public final class Announcer implements Enlightenment {
    /** The flag that switches it on. */
    public static final String FLAG = "hv-announcer";

    private static final Descriptor DESCRIPTOR = new Descriptor(
            "announcer",
            "announcer",
            "sees that Hyper-V is there",
            "Feature and Interface Discovery",
            List.of(FlagOption.ofSwitch(FLAG)),
            List.of(),
            List.of(),
            "",
            List.of(),
            List.of(),
            List.of(),
            1);

    @Override
    public Descriptor descriptor() {
        return DESCRIPTOR;
    }

    @Override
    public Attachment attach(Partition partition) {
        return Attachment.NOTHING;
    }
}
