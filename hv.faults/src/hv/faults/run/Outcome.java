package hv.faults.run;

import java.util.List;
import java.util.Optional;

/**
 * How a run ended.
 *
 * @param status exit status, 128 and the signal's number for one that a signal ended
 * @param out what it printed; on a terminal all of it
 * @param err what it printed on standard error
 * @param seconds how long it took; from the last signal on, if it got one
 * @param isHung whether it had to be killed
 * @param processes what of it outlived it
 * @param terminal the terminal that it was on
 */
public record Outcome(
        int status,
        String out,
        String err,
        double seconds,
        boolean isHung,
        List<String> processes,
        Optional<Terminal> terminal) {
    /** Copies the list. */
    public Outcome {
        processes = List.copyOf(processes);
    }
}
