package hv.itest;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The rules of ARCHITECTURE.md about who may see whom, checked on the classes and the files of this workspace. */
class ArchitectureTest {
    private static final int MOST_LINES = 360;

    /** Of a file of tests. */
    private static final int MOST_TEST_LINES = 420;

    private static final int MOST_COLUMNS = 120;
    private static final int MOST_IN_A_CIRCLE = 3;

    private static JavaClasses workspace;

    @BeforeAll
    static void read() throws IOException {
        workspace = new ClassFileImporter().importPaths(outputs("bin"));
        assertTrue(workspace.contain("hv.api.host.Host"), "no classes were found");
    }

    private static List<Path> outputs(String folder) throws IOException {
        try (Stream<Path> projects = Files.list(Shipped.WORKSPACE)) {
            return projects.filter(project -> project.getFileName().toString().startsWith("hv."))
                    .map(project -> project.resolve(folder))
                    .filter(Files::isDirectory)
                    .sorted()
                    .toList();
        }
    }

    /** The packages of enlightenments: the folders that explain one, and are built. */
    private static String[] enlightenments() throws IOException {
        return outputs("explain").stream()
                .filter(folder -> Files.isDirectory(folder.resolveSibling("bin")))
                .map(folder -> folder.getParent().getFileName().toString())
                .toArray(String[]::new);
    }

    @Test
    @DisplayName("An enlightenment sees the API and nothing else of the workspace")
    void enlightenmentsSeeTheApi() throws IOException {
        String[] all = enlightenments();
        assertTrue(all.length > 0, "no enlightenment is built");
        for (String one : all) {
            noClasses()
                    .that()
                    .resideInAPackage(one)
                    .should()
                    .dependOnClassesThat(JavaClass.Predicates.resideInAPackage("hv..")
                            .and(JavaClass.Predicates.resideOutsideOfPackages(one, one + "..", "hv.api..")))
                    // Where one folder is built alone the others are empty.
                    .allowEmptyShould(true)
                    .check(workspace);
        }
    }

    @Test
    @DisplayName("The microkernel knows no enlightenment, no back end and no tool")
    void theMicrokernelSeesTheApi() {
        // Its own classes: what tests it from the inside has packages of the same names.
        JavaClasses microkernel = new ClassFileImporter().importPath(Shipped.WORKSPACE.resolve("hv.partition/bin"));
        classes()
                .that()
                .resideInAPackage("hv.partition..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "hv.partition..",
                        "hv.api..",
                        "hv.flags..",
                        "java..",
                        "org.osgi.annotation..",
                        "org.osgi.framework..",
                        "org.osgi.service.component..",
                        "org.osgi.service.metatype..",
                        "aQute..")
                .check(microkernel);
    }

    @Test
    @DisplayName("The API sees the JDK and OSGi's annotations only")
    void theApiSeesTheJdk() {
        classes()
                .that()
                .resideInAPackage("hv.api..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("hv.api..", "java..", "org.osgi.annotation..", "org.osgi.service.component..")
                .check(workspace);
    }

    @Test
    @DisplayName("Native calls are made in the packages for them of hv.kvm and hv.storvsc, and nowhere else")
    void nativeAccess() {
        noClasses()
                .that()
                .resideOutsideOfPackages("hv.kvm.abi..", "hv.netvsc.abi..", "hv.storvsc.abi..")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.lang.foreign.Linker")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.lang.foreign.SymbolLookup")
                .check(workspace);
    }

    @Test
    @DisplayName("No devices know the hypervisor: the machine's devices, tables and loaders do without hv.kvm")
    void devicesKnowNoHypervisor() {
        noClasses()
                .that()
                .resideInAnyPackage("hv.machine.boot..", "hv.machine.acpi..", "hv.machine.device..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("hv.kvm..")
                .check(workspace);
    }

    @Test
    @DisplayName("No two packages see each other, and there is no longer circle of packages either")
    void packagesAreLayers() {
        assertEquals(List.of(), ClassCircles.in(workspace, JavaClass::getPackageName, type -> ""));
    }

    @Test
    @DisplayName("No circle of files in a package has more than three of them")
    void knots() {
        List<Set<String>> knots = ClassCircles.in(workspace, ClassCircles::file, JavaClass::getPackageName).stream()
                .filter(circle -> circle.size() > MOST_IN_A_CIRCLE)
                .toList();
        assertEquals(List.of(), knots);
    }

    @Test
    @DisplayName("A source file has at most 360 lines, one of tests 420, and a line at most 120 columns")
    void filesAreSmall() throws IOException {
        Set<String> complaints = new TreeSet<>();
        for (Path file : sources()) {
            List<String> lines = Files.readAllLines(file);
            Path shown = Shipped.WORKSPACE.relativize(file);
            boolean isTest = shown.getName(1).toString().equals("test");
            if (lines.size() > (isTest ? MOST_TEST_LINES : MOST_LINES)) {
                complaints.add(shown + " has " + lines.size() + " lines");
            }
            boolean isText = false;
            for (int i = 0; i < lines.size(); i++) {
                isText ^= lines.get(i).contains("\"\"\"");
                // Strings that are told as one line, and tables in texts, are not broken.
                if (lines.get(i).length() > MOST_COLUMNS
                        && !isText
                        && !lines.get(i).contains("\"")) {
                    complaints.add(shown + ":" + (i + 1) + " is longer than " + MOST_COLUMNS + " columns");
                }
            }
        }
        assertEquals("", String.join("\n", complaints));
    }

    @Test
    @DisplayName("No package is called core, common, util, helper or manager, and no class ends in such a word")
    void names() {
        Set<String> bad = workspace.stream()
                .map(JavaClass::getName)
                .filter(name -> name.matches("(?i).*\\.(core|common|utils?|helpers?|managers?)\\..*")
                        || name.matches(".*(Util|Utils|Helper|Manager|Common)"))
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(Set.of(), bad);
    }

    private static List<Path> sources() throws IOException {
        List<Path> sources = new ArrayList<>();
        for (String folder : List.of("src", "test")) {
            for (Path output : outputs(folder)) {
                try (Stream<Path> files = Files.walk(output)) {
                    files.filter(file -> file.toString().endsWith(".java")).forEach(sources::add);
                }
            }
        }
        return sources;
    }
}
