package hv.launcher.connect;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.osgi.framework.connect.ConnectContent;
import org.osgi.framework.connect.ConnectModule;

/**
 * A shipped jar as the content of a bundle. Its classes are those of the program's class path, until the bundle is
 * resolved again: then what it imports may be another's, so it gets a class loader like any other bundle. Small files
 * are in the {@link Inventory}; the jar itself is opened for what is not. Any thread.
 */
final class ConnectedJar implements ConnectModule, ConnectContent {
    private final Path path;
    private final Inventory.Jar listed;
    private volatile boolean isOnClassPath = true;
    private ZipFile file;

    ConnectedJar(Path path, Inventory.Jar listed) {
        this.path = path;
        this.listed = listed;
    }

    @Override
    public ConnectContent getContent() {
        return this;
    }

    @Override
    public Optional<Map<String, String>> getHeaders() {
        return Optional.of(listed.headers());
    }

    @Override
    public Iterable<String> getEntries() {
        return listed.names();
    }

    @Override
    public Optional<ConnectEntry> getEntry(String name) {
        return listed.has(name) ? Optional.of(new Entry(name)) : Optional.empty();
    }

    @Override
    public Optional<ClassLoader> getClassLoader() {
        return isOnClassPath ? Optional.of(ConnectedJar.class.getClassLoader()) : Optional.empty();
    }

    /** What the bundle imported is gone: from now on its classes are its own. */
    void leaveClassPath() {
        isOnClassPath = false;
    }

    @Override
    public void open() {
        // Not before something of it is needed.
    }

    @Override
    public synchronized void close() throws IOException {
        if (file != null) {
            file.close();
            file = null;
        }
    }

    private synchronized byte[] read(String name) throws IOException {
        if (file == null) {
            file = new ZipFile(path.toFile());
        }
        ZipEntry entry = file.getEntry(name);
        if (entry == null) {
            throw new IOException(path + " has been changed: it has no " + name + " any more");
        }
        try (InputStream in = file.getInputStream(entry)) {
            return in.readAllBytes();
        }
    }

    /** A file in it, or a folder, whose name ends with a slash. */
    private final class Entry implements ConnectEntry {
        private final String name;

        Entry(String name) {
            this.name = name;
        }

        @Override
        public String getName() {
            return name;
        }

        @Override
        public long getContentLength() {
            try {
                return getBytes().length;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public long getLastModified() {
            return 0;
        }

        @Override
        public byte[] getBytes() throws IOException {
            byte[] small = listed.small(name);
            return small == null ? read(name) : small.clone();
        }

        @Override
        public InputStream getInputStream() throws IOException {
            return new ByteArrayInputStream(getBytes());
        }
    }
}
