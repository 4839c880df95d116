package hv.lab.rig;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Modules of a kernel package in an order in which they can be loaded. The package has no {@code modules.dep}; each
 * module says in its section {@code .modinfo} what it depends on, as text {@code depends=a,b} between zero bytes.
 */
final class KernelModules {
    private final Map<String, Path> files = new HashMap<>();

    /**
     * All of them in a package's unpacked folder; a name is written with {@code _} for {@code -}, as the kernel does.
     */
    KernelModules(Path kernelPackage) throws IOException {
        try (Stream<Path> walk = Files.walk(kernelPackage)) {
            walk.filter(file -> file.getFileName().toString().matches(".*\\.ko(\\.xz)?"))
                    .forEach(
                            file -> files.put(name(file.getFileName().toString().replaceAll("\\.ko.*", "")), file));
        }
    }

    /** The kernel in a package's unpacked folder. */
    static Path image(Path kernelPackage) throws IOException, UnusableException {
        try (Stream<Path> boot = Files.list(kernelPackage.resolve("boot"))) {
            return boot.filter(file -> file.getFileName().toString().startsWith("vmlinuz-"))
                    .findFirst()
                    .orElseThrow(() -> new UnusableException("there is no kernel in " + kernelPackage));
        }
    }

    /**
     * Those and what they depend on: name to content, what is needed first first. One that is not there is built in.
     */
    Map<String, byte[]> inOrder(List<String> names) throws IOException, UnusableException, InterruptedException {
        Map<String, byte[]> ordered = new LinkedHashMap<>();
        for (String name : names) {
            add(name(name), ordered);
        }
        return ordered;
    }

    private void add(String name, Map<String, byte[]> ordered)
            throws IOException, UnusableException, InterruptedException {
        Path file = files.get(name);
        if (file == null || ordered.containsKey(name)) {
            return;
        }
        byte[] content = content(file);
        for (String needed : depends(content)) {
            add(name(needed), ordered);
        }
        ordered.put(name, content);
    }

    private static byte[] content(Path file) throws IOException, UnusableException, InterruptedException {
        if (!file.toString().endsWith(".xz")) {
            return Files.readAllBytes(file);
        }
        Path plain = file.resolveSibling(file.getFileName().toString().replace(".xz", ""));
        if (!Files.exists(plain)) {
            HostCommand.require("xz", "xz-utils").run(file.getParent(), List.of("-dk", file.toString()));
        }
        return Files.readAllBytes(plain);
    }

    static List<String> depends(byte[] module) {
        String text = new String(module, StandardCharsets.ISO_8859_1);
        int at = text.indexOf("\0depends=");
        if (at < 0) {
            return List.of();
        }
        int from = at + "\0depends=".length();
        String list = text.substring(from, text.indexOf('\0', from));
        return list.isEmpty() ? List.of() : List.of(list.split(","));
    }

    private static String name(String module) {
        return module.replace('-', '_');
    }
}
