package hv.storvsc;

import java.io.IOException;

/** What keeps a disk cannot be reached at the moment: the guest may try again. */
final class StoreAwayException extends IOException {
    private static final long serialVersionUID = 1L;

    StoreAwayException(String message, Throwable cause) {
        super(message, cause);
    }
}
