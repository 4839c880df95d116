package hv.storvsc;

import java.io.IOException;
import java.util.Map;

/** Where connections to an NBD server come from. By threads that may wait. */
interface NbdServer {
    /**
     * A further connection, with the handshake done.
     *
     * @throws IOException if there is none at the moment
     */
    NbdConnection connect() throws IOException;

    /** What a successor in the same JVM needs beside the connections, of types of the JDK. */
    default Map<String, Object> handOver() {
        return Map.of();
    }

    /** All connections are closed, and not handed over. */
    default void end() {}
}
