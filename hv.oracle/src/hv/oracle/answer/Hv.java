package hv.oracle.answer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import hv.api.enlightenment.Enlightenment;
import hv.api.host.Hypervisor;
import hv.console.ActiveEnlightenments;
import hv.console.CheckCommand;
import hv.console.ConvertCommand;
import hv.console.CpuidCommand;
import hv.oracle.answer.Answer.Kind;
import hv.partition.PartitionService;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What hv says: its commands {@code check} and {@code convert} themselves, in this process. One thread at a time. */
public final class Hv {
    private static final String CPU = "--cpu=";
    private static final String HEX = "\\s+0x([0-9a-f]{8})";
    private static final Pattern LEAF = Pattern.compile("\\s*0x([0-9a-f]{8})" + HEX + HEX + HEX + HEX + "\\s*");

    private final JsonFactory json = new JsonFactory();
    private final Hypervisor hypervisor;
    private final CheckCommand check;
    private final CpuidCommand cpuid;
    private final ConvertCommand convert = new ConvertCommand();

    private Hv(Hypervisor hypervisor, ActiveEnlightenments enlightenments) {
        this.hypervisor = hypervisor;
        check = new CheckCommand(hypervisor, enlightenments);
        cpuid = new CpuidCommand(hypervisor, enlightenments);
    }

    /** With every enlightenment on the class path. */
    public static Hv deployed() {
        List<Enlightenment> all = ServiceLoader.load(Enlightenment.class).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
        return new Hv(PartitionService.of(all), new ActiveEnlightenments(all));
    }

    /** Who knows the enlightenments. */
    public Hypervisor hypervisor() {
        return hypervisor;
    }

    /**
     * Checks a text.
     *
     * @param options of the command, as {@code --host}
     */
    public Answer check(String text, String... options) {
        List<String> words = new ArrayList<>(List.of(options));
        words.add("--json");
        words.add(CPU + text);
        Typed typed = Typed.run(session -> check.check(session, words.toArray(String[]::new)));
        return typed.status() > 1 ? Answer.unreadable(typed.err()) : read(typed.out());
    }

    /**
     * Writes a text in another syntax.
     *
     * @param to qemu or libvirt
     */
    public Converted convert(String text, String to) {
        Typed typed = Typed.run(session -> convert.convert(session, "--to", to, CPU + text));
        return new Converted(typed.out().strip(), typed.err().lines().toList(), typed.status() == 0);
    }

    /**
     * The leaves that {@code cpuid} shows, EAX, EBX, ECX and EDX of each; none if Hyper-V is not announced.
     *
     * @param host for {@code --host}
     */
    public Map<Integer, List<Integer>> leaves(String text, String host) {
        Typed typed = Typed.run(session -> cpuid.cpuid(session, "--host", host, CPU + text));
        Map<Integer, List<Integer>> leaves = new LinkedHashMap<>();
        for (String line : typed.out().lines().toList()) {
            Matcher leaf = LEAF.matcher(line);
            if (leaf.matches()) {
                leaves.put(
                        number(leaf, 1), List.of(number(leaf, 2), number(leaf, 3), number(leaf, 4), number(leaf, 5)));
            }
        }
        return leaves;
    }

    private static int number(Matcher leaf, int group) {
        return Integer.parseUnsignedInt(leaf.group(group), 16);
    }

    private Answer read(String object) {
        boolean starts = false;
        boolean hasEffect = false;
        String corrected = "";
        Set<String> blamed = new TreeSet<>();
        List<String> reasons = new ArrayList<>();
        try (JsonParser parser = json.createParser(object)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String field = parser.currentName();
                parser.nextToken();
                switch (field) {
                    case "starts" -> starts = parser.getBooleanValue();
                    case "effect" -> hasEffect = !parser.getText().equals("none");
                    case "corrected" -> corrected = parser.getText();
                    case "problems" -> problems(parser, blamed, reasons);
                    default -> parser.skipChildren();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("check --json prints what is not JSON: " + object, e);
        }
        return new Answer(starts ? Kind.STARTS : Kind.REFUSED, blamed, reasons, corrected, hasEffect);
    }

    private static void problems(JsonParser parser, Set<String> blamed, List<String> reasons) throws IOException {
        while (parser.nextToken() == JsonToken.START_OBJECT) {
            String severity = "";
            String flag = "";
            String reason = "";
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String field = parser.currentName();
                String value = parser.nextTextValue();
                switch (field) {
                    case "severity" -> severity = value;
                    case "flag" -> flag = value;
                    case "reason" -> reason = value;
                    default -> {}
                }
            }
            if (severity.equals("will not start")) {
                reasons.add((flag.isEmpty() ? "" : flag + ": ") + reason);
                if (!flag.isEmpty()) {
                    blamed.add(plain(flag));
                }
            }
        }
    }

    /** A flag's name, however it was written. */
    public static String plain(String flag) {
        return flag.strip()
                .replaceFirst("^[+-]", "")
                .split("=", 2)[0]
                .strip()
                .replace('_', '-')
                .toLowerCase(Locale.ROOT);
    }
}
