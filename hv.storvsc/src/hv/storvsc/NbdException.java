package hv.storvsc;

import java.io.IOException;

/** An NBD server has refused a request. */
final class NbdException extends IOException {
    private static final long serialVersionUID = 1L;

    /** ENOSPC of the protocol: the numbers are those of Linux. */
    private static final int NO_SPACE = 28;

    private final int error;

    NbdException(String request, int error) {
        super("the server refuses a %s with error %d%s".formatted(request, error, meaning(error)));
        this.error = error;
    }

    private static String meaning(int error) {
        return switch (error) {
            case 1 -> ", not permitted";
            case 5 -> ", input or output failed";
            case 12 -> ", no memory";
            case 22 -> ", it is no request";
            case NO_SPACE -> ", no space left";
            case 75 -> ", it is too long";
            case 95 -> ", it cannot do that";
            case 108 -> ", it is about to end";
            default -> "";
        };
    }

    boolean isNoSpace() {
        return error == NO_SPACE;
    }

    /** Whether the server ends, and the request may work on another connection. */
    boolean isEnding() {
        return error == 108;
    }
}
