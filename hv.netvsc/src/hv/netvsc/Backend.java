package hv.netvsc;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What is to be at the other end of a guest's cable, as somebody has asked for it. Immutable.
 *
 * @param kind one of {@link #KINDS}
 * @param value what is behind the kind's name
 */
record Backend(String kind, String value) {
    private static final String SOCKET = "socket";
    private static final String TAP = "tap";
    private static final String USER = "user";
    private static final String ON = "on";
    private static final Pattern INTERFACE = Pattern.compile("[A-Za-z0-9_.-]{1,15}");

    /** What can be asked for, each with a sentence for people. */
    static final Map<String, String> KINDS = Map.of(
            SOCKET,
            "path of a stream socket that takes frames behind their lengths, as QEMU and passt do",
            TAP,
            "name of a TAP interface of the host",
            USER,
            "on: passt, which gives the guest the networks of the host's user");

    /** How they are written. */
    static final String FORMS = "user, tap=NAME or socket=PATH";

    private static final int LONGEST = 100;

    /** Nothing at all. */
    static final Backend NONE = new Backend("", "");

    /**
     * Reads {@code KIND=VALUE}.
     *
     * @throws IllegalArgumentException with one line that says what to write instead
     */
    static Backend parse(String text) {
        if (text.isEmpty()) {
            return NONE;
        }
        int equals = text.indexOf('=');
        String kind = equals < 0 ? text : text.substring(0, equals);
        return of(kind, equals < 0 ? "" : text.substring(equals + 1));
    }

    /** One of a kind. */
    static Backend of(String kind, String value) {
        switch (kind) {
            case SOCKET -> checkPath(value);
            case TAP -> {
                if (!INTERFACE.matcher(value).matches() || value.matches("\\.\\.?")) {
                    throw new IllegalArgumentException(
                            "tap= takes the name of an interface, at most 15 letters and digits, not '%s'"
                                    .formatted(shown(value)));
                }
            }
            case USER -> {
                if (!value.isEmpty() && !value.equals(ON)) {
                    throw new IllegalArgumentException("user= takes on, not '%s'".formatted(shown(value)));
                }
                return new Backend(USER, "");
            }
            default -> throw new IllegalArgumentException("a network is %s, not '%s'".formatted(FORMS, shown(kind)));
        }
        return new Backend(kind, value);
    }

    private static void checkPath(String value) {
        try {
            boolean isPath = !value.isEmpty() && value.indexOf('\0') < 0 && value.length() <= LONGEST;
            if (isPath && Path.of(value).getNameCount() > 0) {
                return;
            }
        } catch (InvalidPathException e) {
            // Said below.
        }
        throw new IllegalArgumentException(
                "socket= takes the path of a socket, at most %d characters, not '%s'".formatted(LONGEST, shown(value)));
    }

    static String shown(String text) {
        String printable = text.replaceAll("[^ -~]", "?");
        return printable.length() <= LONGEST ? printable : printable.substring(0, LONGEST) + "...";
    }

    /** Whether there is to be anything. */
    boolean isSome() {
        return !kind.isEmpty();
    }

    /** As it was asked for. */
    String text() {
        return value.isEmpty() ? kind : kind + "=" + value;
    }

    /** Connects to it; may wait for a short time. */
    FrameLink connect() throws IOException {
        return switch (kind) {
            case SOCKET -> SocketLink.connect(Path.of(value));
            case TAP -> TapLink.open(value);
            default -> PasstLink.start();
        };
    }

    /** A link that goes on with what another one has handed over; empty if there is none of this kind in it. */
    static Optional<FrameLink> goOn(Map<String, Object> handedOver) {
        try {
            if (handedOver.get(TapLink.TAP) instanceof Integer descriptor) {
                return Optional.of(TapLink.of(descriptor));
            }
            if (handedOver.get(SocketLink.SOCKET) instanceof SocketChannel socket && socket.isOpen()) {
                SocketLink link = SocketLink.of(socket, handedOver);
                return Optional.of(
                        handedOver.get(PasstLink.PROCESS) instanceof Process process
                                ? new PasstLink(link, process)
                                : link);
            }
        } catch (IOException e) {
            // It is connected to anew.
        }
        return Optional.empty();
    }
}
