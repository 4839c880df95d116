package hv.guest;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The kernel's bytes are those of its source, and the source agrees with the compiler. */
class KernelTest {
    /** What software KVMs are known not to emulate, and what needs state that the kernel does not set up. */
    private static final Set<String> UNWANTED =
            Set.of("cmpxchg16b", "xrstor", "xsave", "int3", "iret", "iretl", "fwait", "swapgs", "rdtscp", "(bad)");

    @TempDir
    Path folder;

    private static byte[] kernel() {
        return GuestProgram.of(List.of(), Set.of()).kernel();
    }

    private static String source(String file) throws IOException {
        return Files.readString(Path.of("kernel", file));
    }

    private static boolean hasTools() {
        return List.of("as", "ld", "objcopy", "objdump").stream()
                .allMatch(tool -> Arrays.stream(System.getenv("PATH").split(":"))
                        .anyMatch(place -> Files.isExecutable(Path.of(place, tool))));
    }

    private static String execute(Path output, String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        int status = process.waitFor();
        String text = Files.readString(output, StandardCharsets.ISO_8859_1);
        assertEquals(0, status, text);
        return text;
    }

    @Test
    @DisplayName("the image begins as the boot protocol wants: a jump to offset 16, and the mark at offset 8")
    void header() {
        byte[] kernel = kernel();
        assertEquals((byte) 0xEB, kernel[0]);
        assertEquals(0x0E, kernel[1]);
        assertEquals("HVFLAT64", new String(kernel, 8, 8, StandardCharsets.US_ASCII));
        assertTrue(kernel.length < GuestProgram.MODULE_GPA - GuestProgram.KERNEL_GPA);
    }

    @Test
    @DisplayName("the committed image is what the sources assemble to, and uses no unwanted instruction")
    void reassembled() throws IOException, InterruptedException {
        assumeTrue(hasTools(), "needs GNU as, ld, objcopy and objdump");
        Path image = folder.resolve("kernel.bin");
        Path elf = folder.resolve("kernel.elf");
        execute(folder.resolve("log"), "sh", "kernel/build.sh", image.toString(), elf.toString());
        assertArrayEquals(Files.readAllBytes(image), kernel(), "run: sh kernel/build.sh src/hv/guest/kernel.bin");
        String code = execute(folder.resolve("code"), "objdump", "-d", "--no-show-raw-insn", elf.toString());
        List<String> mnemonics = Pattern.compile("^ +[0-9a-f]+:\\s+(?:lock |rep )?(\\S+)", Pattern.MULTILINE)
                .matcher(code)
                .results()
                .map(match -> match.group(1))
                .toList();
        assertTrue(mnemonics.containsAll(List.of("rdmsr", "wrmsr", "rdtsc", "cpuid", "iretq", "hlt")), code);
        assertEquals(List.of(), mnemonics.stream().filter(UNWANTED::contains).toList());
    }

    @Test
    @DisplayName("the kernel's table of operations has the compiler's order")
    void operations() throws IOException {
        String source = source("interpreter.s");
        String table = source.substring(source.indexOf("\noperations:"), source.indexOf("\noperations_end:"));
        List<String> names = Pattern.compile("op_(\\w+)")
                .matcher(table)
                .results()
                .map(match -> match.group(1))
                .toList();
        List<String> wanted = Arrays.stream(Operation.values())
                .map(operation -> switch (operation) {
                    case REPORT_HEX -> "reporthex";
                    case REPORT_TEXT -> "reporttext";
                    default -> operation.mnemonic();
                })
                .toList();
        assertEquals(wanted, names);
    }

    @Test
    @DisplayName("the kernel's memory map is the hosted machine's")
    void layout() throws IOException {
        String source = source("layout.s");
        assertEquals(HostedPlatform.HYPERCALL_PAGE, constant(source, "HYPERCALL_PAGE"));
        assertEquals(HostedPlatform.SHARED, constant(source, "SHARED"));
        assertEquals(HostedPlatform.SHARED_BYTES, constant(source, "SHARED_BYTES"));
        assertEquals(HostedPlatform.VP_BLOCKS, constant(source, "VP_BLOCKS"));
        assertEquals(HostedPlatform.VP_BLOCK_BYTES, 1L << constant(source, "VP_BLOCK_SHIFT"));
        assertEquals(HostedPlatform.SCRATCH_OFFSET, constant(source, "VP_SCRATCH"));
        assertEquals(HostedPlatform.SCRATCH_BYTES, constant(source, "VP_SCRATCH_BYTES"));
        assertEquals(GuestProgram.MOST_VPS, constant(source, "VPS_MAX"));
    }

    private static long constant(String source, String name) {
        MatchResult found = Pattern.compile("\\.set " + name + ", +(0x[0-9a-f]+|[0-9]+)")
                .matcher(source)
                .results()
                .findFirst()
                .orElseThrow(() -> new AssertionError("no constant " + name));
        return Long.decode(found.group(1));
    }

    @Test
    @DisplayName("README.md has the operations as the compiler has them")
    void readme() throws IOException {
        StringBuilder table = new StringBuilder("| operation | what it does |\n|---|---|\n");
        for (Operation operation : Operation.values()) {
            table.append("| `")
                    .append(operation.syntax().replace("|", "\\|"))
                    .append("` | ")
                    .append(operation.meaning())
                    .append(" |\n");
        }
        String readme = Files.readString(Path.of("README.md"));
        assertTrue(readme.contains(table), () -> "README.md should have:\n" + table);
        assertFalse(table.toString().contains("null"));
    }
}
