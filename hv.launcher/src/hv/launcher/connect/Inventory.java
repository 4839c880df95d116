package hv.launcher.connect;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/**
 * What is in the jars whose classes are in {@code tools.jar}, in one file of it: a start reads that, and need not open
 * any of them. Made when a distribution is assembled; it remembers no path. Immutable.
 */
public final class Inventory {
    /** The name of that file. */
    public static final String FILE = "hv/launcher/inventory";

    /** Longer files are read from the jar. */
    private static final int MOST_BYTES = 1 << 14;

    private final Map<String, Jar> jars;

    private Inventory(Map<String, Jar> jars) {
        this.jars = jars;
    }

    /**
     * Makes the file.
     *
     * @param root the distribution
     * @param names the jars' names below it
     */
    public static byte[] of(Path root, List<String> names) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeInt(names.size());
        for (String name : names) {
            out.writeUTF(name);
            Path path = root.resolve(name);
            JarMark.of(path).write(out);
            try (JarFile jar = new JarFile(path.toFile())) {
                write(jar, out);
            }
        }
        return bytes.toByteArray();
    }

    private static void write(JarFile jar, DataOutputStream out) throws IOException {
        Attributes headers = jar.getManifest().getMainAttributes();
        out.writeInt(headers.size());
        for (Map.Entry<Object, Object> header : headers.entrySet()) {
            out.writeUTF(header.getKey().toString());
            writeLong((String) header.getValue(), out);
        }
        List<JarEntry> entries = jar.stream().toList();
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        DataOutputStream list = new DataOutputStream(block);
        list.writeInt(entries.size());
        for (JarEntry entry : entries) {
            list.writeUTF(entry.getName());
            byte[] small = small(jar, entry);
            list.writeInt(small == null ? -1 : small.length);
            if (small != null) {
                list.write(small);
            }
        }
        out.writeInt(block.size());
        block.writeTo(out);
    }

    private static byte[] small(JarFile jar, JarEntry entry) throws IOException {
        if (entry.getName().endsWith(".class") || entry.getSize() > MOST_BYTES) {
            return null;
        }
        try (InputStream in = jar.getInputStream(entry)) {
            return in.readAllBytes();
        }
    }

    private static void writeLong(String text, DataOutputStream out) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static byte[] readLong(DataInputStream in) throws IOException {
        byte[] bytes = new byte[in.readInt()];
        in.readFully(bytes);
        return bytes;
    }

    /** The one on the class path, if {@code tools.jar} is there. */
    static Optional<Inventory> ofClassPath() throws IOException {
        try (InputStream found = Inventory.class.getClassLoader().getResourceAsStream(FILE)) {
            return found == null ? Optional.empty() : Optional.of(read(found.readAllBytes()));
        }
    }

    /** What {@link #of} made. */
    static Inventory read(byte... bytes) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        Map<String, Jar> jars = new LinkedHashMap<>();
        for (int left = in.readInt(); left > 0; left--) {
            jars.put(in.readUTF(), new Jar(JarMark.read(in), headers(in), readLong(in)));
        }
        return new Inventory(jars);
    }

    private static Map<String, String> headers(DataInputStream in) throws IOException {
        Map<String, String> headers = new HashMap<>();
        for (int left = in.readInt(); left > 0; left--) {
            headers.put(in.readUTF(), new String(readLong(in), StandardCharsets.UTF_8));
        }
        return headers;
    }

    /** The jars by their name below the distribution. */
    Map<String, Jar> jars() {
        return jars;
    }

    /** One of them. */
    static final class Jar {
        private final JarMark mark;
        private final Map<String, String> headers;
        private final byte[] block;
        private Map<String, byte[]> files;

        private Jar(JarMark mark, Map<String, String> headers, byte[] block) {
            this.mark = mark;
            this.headers = headers;
            this.block = block;
        }

        JarMark mark() {
            return mark;
        }

        /** Of its manifest. */
        Map<String, String> headers() {
            return new HashMap<>(headers);
        }

        Collection<String> names() {
            return new ArrayList<>(files().keySet());
        }

        boolean has(String name) {
            return files().containsKey(name);
        }

        /** The content of a small file; null of others. */
        byte[] small(String name) {
            return files().get(name);
        }

        private synchronized Map<String, byte[]> files() {
            if (files == null) {
                try {
                    files = read(block);
                } catch (IOException e) {
                    throw new UncheckedIOException("tools.jar has been changed", e);
                }
            }
            return files;
        }

        private static Map<String, byte[]> read(byte[] block) throws IOException {
            DataInputStream in = new DataInputStream(new ByteArrayInputStream(block));
            Map<String, byte[]> files = new LinkedHashMap<>();
            for (int left = in.readInt(); left > 0; left--) {
                String name = in.readUTF();
                int length = in.readInt();
                byte[] small = length < 0 ? null : new byte[length];
                if (small != null) {
                    in.readFully(small);
                }
                files.put(name, small);
            }
            return files;
        }
    }
}
