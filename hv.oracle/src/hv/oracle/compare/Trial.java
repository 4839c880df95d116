package hv.oracle.compare;

import hv.lab.rig.UnusableException;
import hv.oracle.input.Case;
import java.util.List;

/** Asks hv and one program about a configuration. For one thread. */
public interface Trial {
    /** Begins with what takes its time, for {@link #differences} later. */
    default void prepare(Case one) {}

    /** What they differ in. */
    List<Difference> differences(Case one) throws UnusableException, InterruptedException;
}
