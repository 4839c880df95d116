package hv.itest.rule;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/** All methods of ours in what is shipped, read from the bundles; what others wrote is packed into some. */
final class Code {
    /** Programs that test others: what goes wrong in them is to be seen. */
    private static final Set<String> NOT_SHIPPED = Set.of(
            "hv.bench",
            "hv.faults",
            "hv.fuzz",
            "hv.hostkit",
            "hv.itest",
            "hv.lab",
            "hv.oracle",
            "hv.soak",
            "hv.stress",
            "hv.testkit");

    private final List<Method> methods = new ArrayList<>();
    private final Map<String, Method> bySignature = new HashMap<>();
    private final List<ClassModel> types = new ArrayList<>();

    private Code() {}

    /** Reads the bundles of {@code workspace}. */
    static Code of(Path workspace) throws IOException {
        Code code = new Code();
        try (Stream<Path> folders = Files.list(workspace)) {
            folders.filter(folder -> folder.getFileName().toString().startsWith("hv."))
                    .filter(folder -> !NOT_SHIPPED.contains(folder.getFileName().toString()))
                    .map(folder -> folder.resolve("generated/" + folder.getFileName() + ".jar"))
                    .filter(Files::exists)
                    .sorted()
                    .forEach(code::read);
        }
        return code;
    }

    private void read(Path bundle) {
        try (JarFile jar = new JarFile(bundle.toFile())) {
            for (var entry : jar.stream()
                    .filter(e -> e.getName().startsWith("hv/") && e.getName().endsWith(".class"))
                    .toList()) {
                ClassModel type = ClassFile.of().parse(jar.getInputStream(entry).readAllBytes());
                types.add(type);
                type.methods().forEach(model -> {
                    Method method = new Method(type, model);
                    methods.add(method);
                    bySignature.put(method.owner() + "." + method.signature(), method);
                });
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<Method> methods() {
        return methods;
    }

    List<ClassModel> types() {
        return types;
    }

    /** The method that a call names, if it is ours. */
    Optional<Method> find(String owner, String signature) {
        return Optional.ofNullable(bySignature.get(owner + "." + signature));
    }
}
