package hv.guest;

import hv.flags.Shown;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The text of a part is wrong. The message has one line for each error, as
 * {@code time.guest:12: there is no label 'loop'}.
 */
public final class GuestPartException extends Exception {
    private static final long serialVersionUID = 1L;
    private static final int LONGEST = 400;

    GuestPartException(List<String> errors) {
        super(errors.stream().map(error -> Shown.of(error, LONGEST)).collect(Collectors.joining("\n")));
    }
}
