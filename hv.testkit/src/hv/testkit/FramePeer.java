package hv.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

/**
 * What is at the other end of a guest's network in tests: it listens on a Unix socket for one connection after another
 * and takes frames behind their lengths, as QEMU's stream back end and passt do. Any thread.
 */
public final class FramePeer implements AutoCloseable {
    private final Path path;
    private final ServerSocketChannel server;
    private final BiConsumer<FramePeer, byte[]> receiver;
    private volatile SocketChannel now;
    private final AtomicInteger connections = new AtomicInteger();
    private final Object sending = new Object();

    /**
     * Listens.
     *
     * @param path where no file is
     * @param receiver gets each frame, on a thread of this peer
     */
    public FramePeer(Path path, BiConsumer<FramePeer, byte[]> receiver) {
        this.path = path;
        this.receiver = receiver;
        try {
            server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            server.bind(UnixDomainSocketAddress.of(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread thread = new Thread(this::accept, "frame-peer");
        thread.setDaemon(true);
        thread.start();
    }

    /** One that sends each frame back. */
    public static FramePeer echo(Path path) {
        return new FramePeer(path, FramePeer::send);
    }

    /** How often somebody has connected. */
    public int connections() {
        return connections.get();
    }

    private void accept() {
        try {
            while (true) {
                now = server.accept();
                connections.incrementAndGet();
                try {
                    serve(now);
                } catch (IOException e) {
                    // The next one may stay longer.
                }
                now.close();
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private void serve(SocketChannel from) throws IOException {
        ByteBuffer in = ByteBuffer.allocate(1 << 20);
        while (from.read(in) >= 0) {
            in.flip();
            while (in.remaining() >= 4 && in.remaining() - 4 >= in.getInt(in.position())) {
                byte[] frame = new byte[in.getInt()];
                in.get(frame);
                receiver.accept(this, frame);
            }
            in.compact();
        }
    }

    /** Sends a frame to who is connected; it is lost if nobody is. */
    public void send(byte[] frame) {
        ByteBuffer all = ByteBuffer.allocate(4 + frame.length).putInt(frame.length);
        sendRaw(all.put(frame).array());
    }

    /** Sends bytes as they are. */
    public void sendRaw(byte[] bytes) {
        SocketChannel to = now;
        if (to == null) {
            return;
        }
        ByteBuffer all = ByteBuffer.wrap(bytes);
        synchronized (sending) {
            try {
                while (all.hasRemaining()) {
                    to.write(all);
                }
            } catch (IOException e) {
                // Lost.
            }
        }
    }

    /** Ends the connection that there is; another one may follow. */
    public void hangUp() {
        close(now);
    }

    private static void close(AutoCloseable one) {
        try {
            if (one != null) {
                one.close();
            }
        } catch (Exception e) {
            // Gone either way.
        }
    }

    @Override
    public void close() {
        close(server);
        close(now);
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
