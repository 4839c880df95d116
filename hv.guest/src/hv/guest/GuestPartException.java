package hv.guest;

import java.util.List;
import java.util.stream.Collectors;

/** The text of a part is wrong. The message has one line for each error, as {@code time.guest:12: there is no label 'loop'}. */
public final class GuestPartException extends Exception {
    private static final long serialVersionUID = 1L;

    GuestPartException(List<String> errors) {
        super(errors.stream().map(GuestPartException::visible).collect(Collectors.joining("\n")));
    }

    /** What a text holds is shown on a terminal, which must not take any of it for orders. */
    private static String visible(String error) {
        return error.codePoints()
                .map(c -> Character.isISOControl(c) ? '?' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
