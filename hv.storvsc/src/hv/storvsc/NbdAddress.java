package hv.storvsc;

import hv.api.device.GuestCommand;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;

/**
 * Where an NBD server listens, and which of its exports is meant, as the NBD project's URIs say it:
 * {@code nbd://HOST[:PORT]/EXPORT}, {@code nbd+unix:///EXPORT?socket=FILE}. Immutable.
 *
 * @param host empty for a Unix domain socket
 * @param port 1 to 65535
 * @param socket the file of a Unix domain socket; empty for TCP
 * @param export may be empty
 */
record NbdAddress(String host, int port, String socket, String export) {
    private static final int USUAL_PORT = 10809;
    private static final int LONGEST_EXPORT = 4096;
    private static final int MOST_PORT = 0xFFFF;
    private static final String SOCKET = "socket=";

    /**
     * Reads it.
     *
     * @throws IllegalArgumentException with words that say what to write instead
     */
    static NbdAddress parse(String text) {
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            throw refused(text);
        }
        String scheme = String.valueOf(uri.getScheme());
        String path = uri.getPath() == null ? "" : uri.getPath();
        String export = path.startsWith("/") ? path.substring(1) : path;
        if (export.getBytes(StandardCharsets.UTF_8).length > LONGEST_EXPORT) {
            throw refused(text);
        }
        if (scheme.equals("nbd+unix")) {
            String query = uri.getQuery() == null ? "" : uri.getQuery();
            if (!query.startsWith(SOCKET) || query.length() == SOCKET.length()) {
                throw refused(text);
            }
            return new NbdAddress("", 0, query.substring(SOCKET.length()), export);
        }
        int port = uri.getPort() < 0 ? USUAL_PORT : uri.getPort();
        if (!scheme.equals("nbd") || uri.getHost() == null || port < 1 || port > MOST_PORT) {
            throw refused(text);
        }
        return new NbdAddress(uri.getHost(), port, "", export);
    }

    private static IllegalArgumentException refused(String text) {
        return new IllegalArgumentException(
                "an NBD server is nbd://HOST[:PORT]/EXPORT or nbd+unix:///EXPORT?socket=FILE, not '%s'"
                        .formatted(GuestCommand.shown(text, 100)));
    }

    /** Where to connect to; a host's name is looked up now. */
    SocketAddress address() throws UnknownHostException {
        if (!socket.isEmpty()) {
            return UnixDomainSocketAddress.of(socket);
        }
        return new InetSocketAddress(InetAddress.getByName(host), port);
    }
}
