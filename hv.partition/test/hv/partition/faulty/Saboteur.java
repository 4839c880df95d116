package hv.partition.faulty;

import hv.api.CpuidRegister;
import hv.api.Problem;
import hv.api.Problem.Severity;
import hv.api.enlightenment.Attachment;
import hv.api.enlightenment.Configuration;
import hv.api.enlightenment.CpuidBits;
import hv.api.enlightenment.Descriptor;
import hv.api.enlightenment.Enlightenment;
import hv.api.enlightenment.FlagOption;
import hv.api.enlightenment.HypercallSpec;
import hv.api.enlightenment.MsrRange;
import hv.api.enlightenment.Partition;
import hv.api.enlightenment.Privilege;
import java.util.List;
import java.util.function.Consumer;

/** An enlightenment that uses all of the API, and fails where and how it is told to. */
public final class Saboteur implements Enlightenment {
    /** What it is called. */
    public static final String ID = "saboteur";

    /** A register per VP. Writing it rings a doorbell, and sets an alarm for one unit later. */
    public static final int MSR = 0x4000_0013;

    /** A call without effect. */
    public static final int CODE = 0x45;

    private static final CpuidBits BIT = CpuidBits.bit(CpuidBits.LEAF_FEATURES, CpuidRegister.EBX, 11, "Saboteur");
    private static final Descriptor DESCRIPTOR = new Descriptor(
            ID,
            ID,
            "is tested",
            "none",
            List.of(FlagOption.ofSwitch("hv-" + ID)),
            List.of(),
            List.of(),
            "",
            List.of(BIT),
            List.of(MsrRange.of(MSR, "SABOTEUR", MsrRange.Access.READ_WRITE, Privilege.of(BIT))),
            List.of(HypercallSpec.simple(CODE, "Sabotage", 8, Privilege.of(BIT))),
            1);

    /** What host-side code is offered. */
    public interface Door {
        /** Answers. */
        long call();
    }

    private final Sabotage sabotage = new Sabotage();

    /** Where and how it fails. */
    public Sabotage sabotage() {
        return sabotage;
    }

    @Override
    public Descriptor descriptor() {
        return sabotage.given(Spot.DESCRIPTOR, DESCRIPTOR);
    }

    @Override
    public void check(Configuration configuration, Consumer<Problem> problems) {
        if (sabotage.at(Spot.CHECK) == Way.LEAK) {
            for (int i = 0; i < Integer.MAX_VALUE; i++) {
                problems.accept(new Problem(Severity.NOTE, "hv-" + ID, "problem " + i, ""));
            }
        }
    }

    @Override
    public List<CpuidBits> cpuid(Configuration configuration) {
        return sabotage.given(Spot.CPUID, DESCRIPTOR.cpuid());
    }

    @Override
    public Attachment attach(Partition partition) {
        return sabotage.given(Spot.ATTACH, new SaboteurAttachment(sabotage));
    }
}
