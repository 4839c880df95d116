package hv.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.enlightenment.Enlightenment;
import hv.api.enlightenment.HypercallSpec;
import hv.api.enlightenment.MsrRange;
import hv.explain.BitField;
import hv.explain.ExplainFile;
import hv.explain.Layout;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whoever adds an enlightenment also tells people about it. */
class ExplainFilesTest {
    static List<Enlightenment> enlightenments() throws Exception {
        return ReadmeTest.deployed();
    }

    @ParameterizedTest
    @MethodSource("enlightenments")
    @DisplayName("Every enlightenment brings explain/ID.explain with costs, versions and when not to use it")
    void texts(Enlightenment enlightenment) throws Exception {
        ExplainFile file = file(enlightenment);
        assertFalse(file.costs().isEmpty());
        assertFalse(file.avoid().isEmpty());
        assertTrue(file.sinceQemu().matches("[0-9]+\\.[0-9]+"), file.sinceQemu());
        assertTrue(file.sinceKvm().matches("[0-9]+\\.[0-9]+(\\.[0-9]+)?|any"), file.sinceKvm());
    }

    @ParameterizedTest
    @MethodSource("enlightenments")
    @DisplayName(
            "Every MSR of a descriptor has its name and a layout in which each of the 64 bits belongs to one field")
    void layouts(Enlightenment enlightenment) throws Exception {
        ExplainFile file = file(enlightenment);
        for (MsrRange range : enlightenment.descriptor().msrs()) {
            for (int msr = range.first(); msr <= range.last(); msr++) {
                Layout layout = file.layout(msr).orElseThrow();
                assertTrue(
                        layout.msrs().get(msr).startsWith("HV_X64_MSR_"),
                        layout.msrs().get(msr));
                for (Layout.Form form : layout.forms()) {
                    assertEquals(-1L, covered(form), range.name());
                }
            }
            assertEquals(
                    range.name(),
                    file.layout(range.first()).orElseThrow().msrs().get(range.first()));
        }
    }

    /** All bits of the fields, which must not overlap. */
    private static long covered(Layout.Form form) {
        long covered = 0;
        for (BitField field : form.fields()) {
            assertEquals(0, covered & field.mask(), field.name());
            covered |= field.mask();
        }
        return covered;
    }

    @ParameterizedTest
    @MethodSource("enlightenments")
    @DisplayName("Nothing is laid out that the descriptor does not have, and every call has notes under its name")
    void nothingElse(Enlightenment enlightenment) throws Exception {
        ExplainFile file = file(enlightenment);
        for (Layout layout : file.layouts()) {
            for (int msr : layout.msrs().keySet()) {
                assertTrue(
                        enlightenment.descriptor().msrs().stream().anyMatch(range -> range.contains(msr)),
                        "0x%08x".formatted(msr));
            }
        }
        assertEquals(
                enlightenment.descriptor().hypercalls().stream()
                        .map(HypercallSpec::name)
                        .sorted()
                        .toList(),
                file.calls().stream().map(call -> call.name()).sorted().toList());
    }

    private static ExplainFile file(Enlightenment enlightenment) throws Exception {
        String name = enlightenment.descriptor().id() + ".explain";
        try (InputStream in = enlightenment.getClass().getClassLoader().getResourceAsStream("META-INF/hv/" + name)) {
            return ExplainFile.parse(name, new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }
}
