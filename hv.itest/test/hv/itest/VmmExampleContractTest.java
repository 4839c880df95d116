package hv.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import hv.hostkit.HostContract;
import hv.hostkit.HostSubject;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The host of the example VMM keeps the contract")
class VmmExampleContractTest extends HostContract {
    @TempDir
    static Path classes;

    private static Class<?> subject;

    @BeforeAll
    static void compile() throws Exception {
        List<String> arguments = new ArrayList<>(List.of(
                "--release",
                "17",
                "-cp",
                System.getProperty("java.class.path"),
                "-d",
                classes.toString(),
                "-proc:none"));
        arguments.addAll(VmmExample.sources());
        ToolProvider javac = ToolProvider.findFirst("javac").orElseThrow();
        assertEquals(0, javac.run(System.out, System.out, arguments.toArray(String[]::new)));
        // Open until the JVM ends, as a class path is.
        subject = new URLClassLoader(new URL[] {classes.toUri().toURL()}, VmmExampleContractTest.class.getClassLoader())
                .loadClass("example.vmm.ExampleSubject");
    }

    @Override
    protected HostSubject open(int vps) throws Exception {
        return (HostSubject) subject.getConstructor(int.class).newInstance(vps);
    }
}
