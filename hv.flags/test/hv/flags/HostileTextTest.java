package hv.flags;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Flags come from strangers: any text ends in flags or in one line, soon and within bounds. */
class HostileTextTest {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final int STRINGS = 1_000_000;
    private static final int WRITTEN_EVERY = 50;
    private static final long SEED = 20_260_106L;

    /** Pieces that mean something somewhere, so that chance gets past the first check. */
    private static final String[] PIECES = {
        "hv-",
        "hv_",
        "x-hv-",
        "time",
        "stimer",
        "-direct",
        "spinlocks",
        "vendor-id",
        "passthrough",
        "enforce-cpuid",
        "=",
        "=on",
        "=off",
        "=0x",
        "0x1fff",
        "18446744073709551616",
        ",",
        ",,",
        "+",
        "-",
        " ",
        "\n",
        "\\",
        "'",
        "\"",
        "host",
        "-cpu ",
        "args:",
        "\ncpu: ",
        "ostype: win11\n",
        "flags=",
        ";",
        "<",
        ">",
        "</",
        "/>",
        "<domain>",
        "</domain>",
        "<hyperv>",
        "</hyperv>",
        "<features>",
        "<synic state='on'/>",
        "<!--",
        "<![CDATA[",
        "<!DOCTYPE a [",
        "&a;",
        "&#0;",
        "\u00e9",
        "\ud83d\ude00",
        "\ud800",
        "#",
        "\t"
    };

    /** What means something to single readers. */
    private static final String[] MORE_PIECES = {
        "apiVersion: kubevirt.io/v1\n",
        "domain: {",
        "hyperv: {",
        "spinlocks: {spinlocks: ",
        "- &a [*a, ",
        "}",
        "virt-install --features hyperv.relaxed.state=on,",
        "--cpu ",
        "qemu-system-x86_64 ",
        "-accel tcg ",
        "$(",
        "${X}",
        "`",
        "{{",
    };

    /** How a text begins that one reader takes for its own. */
    private static final String[] MARKS = {
        "apiVersion: kubevirt.io/v1\n", "virt-install ", "qemu-system-x86_64 ", "cpu: host\nostype: win11\n", "<domain>"
    };

    @TempDir
    Path folder;

    @ParameterizedTest
    @DisplayName("A tab or a line end inside a flag is refused in every syntax, since no other syntax could say it")
    @ValueSource(
            strings = {
                "host,hv-vendor-id=a\tb",
                "qemu-system-x86_64 -cpu 'host,hv-vendor-id=a\nb'",
                "args: -cpu \"host,a\tb\"",
                "<domain xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'><qemu:commandline><qemu:arg value='-cpu'/><qemu:arg value='host,a&#9;b'/></qemu:commandline></domain>"
            })
    void controlCharacterInFlag(String text) {
        UnusableTextException e = assertThrows(UnusableTextException.class, () -> FlagText.of(text));
        assertEquals("there is a control character in a flag", e.getMessage());
    }

    @Test
    @DisplayName("A million strings: flags, or one line that says what is wrong; some are written down again")
    void strings() {
        Random random = new Random(SEED);
        int read = 0;
        for (int i = 0; i < STRINGS; i++) {
            String text = string(random);
            try {
                FlagText flags = FlagText.of(text);
                read++;
                if (i % WRITTEN_EVERY == 0) {
                    requireWritten(flags);
                }
            } catch (UnusableTextException e) {
                requireLine(e.getMessage());
            }
        }
        assertTrue(read > STRINGS / 4, "too few got past the first check: " + read);
    }

    @Test
    @DisplayName("Texts with the marks of each reader, and anything behind them: flags, or one line")
    void readers() {
        Random random = new Random(SEED);
        List<String> pieces = new ArrayList<>(List.of(PIECES));
        pieces.addAll(List.of(MORE_PIECES));
        for (int i = 0; i < STRINGS / 5; i++) {
            StringBuilder text = new StringBuilder(MARKS[i % MARKS.length]);
            for (int n = random.nextInt(12); n >= 0; n--) {
                text.append(pieces.get(random.nextInt(pieces.size())));
            }
            try {
                FlagText flags = FlagText.of(text.toString());
                if (i % WRITTEN_EVERY == 0) {
                    requireWritten(flags);
                    flags.write(flags.flags());
                }
            } catch (UnusableTextException e) {
                requireLine(e.getMessage());
            }
        }
    }

    /** What was read can be written in every syntax, and an argument that is written is read as the same. */
    private static void requireWritten(FlagText text) {
        for (Syntax syntax : Syntax.values()) {
            FlagWriter.write(syntax, text.flags()).notes().forEach(note -> assertTrue(!note.isBlank(), note));
        }
        String argument = FlagWriter.write(Syntax.QEMU, text.flags()).text();
        assertEquals(text.flags(), FlagGrammar.read(argument), argument);
    }

    private static String string(Random random) {
        // Setting up an XML parser takes longer than all else: an eighth of what would be XML is.
        StringBuilder text = new StringBuilder(random.nextInt(8) == 0 ? "" : "hv-");
        for (int pieces = random.nextInt(12); pieces >= 0; pieces--) {
            text.append(PIECES[random.nextInt(PIECES.length)]);
        }
        return text.toString();
    }

    private static void requireLine(String message) {
        assertTrue(!message.isBlank() && message.length() < 2_000, message);
        assertEquals(1, message.lines().count(), message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<!DOCTYPE d [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'>]><domain>&b;</domain>",
                "<!DOCTYPE d SYSTEM 'file:///etc/passwd'><domain/>",
                "<!DOCTYPE d [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><domain><name>&x;</name></domain>",
                "<!DOCTYPE d [<!ENTITY % x SYSTEM 'http://localhost:1/x'>%x;]><domain/>",
                "<domain>&undeclared;</domain>"
            })
    @DisplayName("XML: entities of any kind and document types are refused, and nothing is fetched or expanded")
    void entities(String xml) {
        assertTimeoutPreemptively(
                SOON,
                () -> requireLine(assertThrows(UnusableTextException.class, () -> FlagText.of(xml))
                        .getMessage()));
    }

    @Test
    @DisplayName("XML: a hundred thousand elements, nested or in a row, or attributes in one, end soon")
    void large() {
        assertTimeoutPreemptively(SOON, () -> {
            String nested = "<domain>" + "<a>".repeat(100_000);
            requireLine(assertThrows(UnusableTextException.class, () -> FlagText.of(nested))
                    .getMessage());
            FlagText row = FlagText.of("<hyperv>" + "<a/>".repeat(100_000) + "</hyperv>");
            assertTrue(row.problems().size() <= 100);
            StringBuilder attributes = new StringBuilder("<domain");
            for (int i = 0; i < 50_000; i++) {
                attributes.append(" a").append(i).append("=''");
            }
            String wide = attributes.append("/>").toString();
            try {
                FlagText.of(wide);
            } catch (UnusableTextException e) {
                requireLine(e.getMessage());
            }
        });
    }

    @Test
    @DisplayName("YAML: a hundred thousand levels, aliases of aliases, and marks that open and never close, end soon")
    void yaml() {
        StringBuilder aliases =
                new StringBuilder("apiVersion: kubevirt.io/v1\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 30; i++) {
            aliases.append("a%d: &a%d [*a%d, *a%3$d, *a%3$d, *a%3$d, *a%3$d, *a%3$d]\n".formatted(i, i, i - 1));
        }
        for (String text : new String[] {
            "apiVersion: kubevirt.io/v1\nspec: " + "[".repeat(100_000),
            "apiVersion: kubevirt.io/v1\nspec: " + "{a: ".repeat(100_000),
            aliases.toString(),
            "apiVersion: kubevirt.io/v1\na: &a {b: *a}",
            "{".repeat(500_000),
            "\n".repeat(500_000),
            "$(".repeat(250_000),
            "'\"".repeat(250_000),
            " ".repeat(500_000) + "<",
        }) {
            assertTimeoutPreemptively(
                    SOON,
                    () -> {
                        try {
                            FlagText.of(text);
                        } catch (UnusableTextException e) {
                            requireLine(e.getMessage());
                        }
                    },
                    () -> text.substring(0, 40));
        }
    }

    @Test
    @DisplayName("Flags and command lines without end are refused, however they are made")
    void longLines() {
        for (String text : new String[] {
            "hv-time,".repeat(100_000),
            "x ".repeat(400_000),
            "-cpu " + "a,".repeat(100_000),
            "cpu: " + "flags=+a;".repeat(90_000)
        }) {
            assertTimeoutPreemptively(
                    SOON,
                    () -> requireLine(assertThrows(UnusableTextException.class, () -> FlagText.of(text))
                            .getMessage()));
        }
    }

    @Test
    @DisplayName(
            "A file of 100 MB, a stream without end, a folder, a missing and an empty file: one line, no more than the limit is read")
    void files() throws Exception {
        Path file = folder.resolve("large");
        try (RandomAccessFile large = new RandomAccessFile(file.toFile(), "rw")) {
            large.setLength(100L << 20);
        }
        Path empty = Files.createFile(folder.resolve("empty"));
        for (Object place : new Object[] {file, folder, empty, folder.resolve("missing"), ""}) {
            assertTimeoutPreemptively(
                    SOON,
                    () -> requireLine(assertThrows(
                                    UnusableTextException.class,
                                    () -> TextSource.read("@" + place, InputStream.nullInputStream()))
                            .getMessage()));
        }
        InputStream endless = new InputStream() {
            @Override
            public int read() {
                return 'a';
            }
        };
        assertTimeoutPreemptively(
                SOON,
                () -> requireLine(assertThrows(UnusableTextException.class, () -> TextSource.read("-", endless))
                        .getMessage()));
    }

    @Test
    @DisplayName("- is standard input, @FILE a file, and everything else the text itself")
    void places() throws Exception {
        InputStream in = new ByteArrayInputStream("hv-time\n".getBytes(StandardCharsets.UTF_8));
        assertEquals("hv-time\n", TextSource.read("-", in));
        Path file = Files.writeString(folder.resolve("flags"), "hv-crash");
        assertEquals("hv-crash", TextSource.read("@" + file, in));
        assertEquals("-hv-crash", TextSource.read("-hv-crash", in));
    }
}
