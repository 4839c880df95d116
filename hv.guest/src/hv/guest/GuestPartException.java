package hv.guest;

import java.util.List;

/** The text of a part is wrong. The message has one line for each error, as {@code time.guest:12: there is no label 'loop'}. */
public final class GuestPartException extends Exception {
    private static final long serialVersionUID = 1L;

    GuestPartException(List<String> errors) {
        super(String.join("\n", errors));
    }
}
