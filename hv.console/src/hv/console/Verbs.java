package hv.console;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;

/**
 * What can follow {@code ./hv}, with the options of each verb: the commands that are registered, as they say
 * themselves, and the verbs of a workspace, as their files say, which the build has put into this bundle. Read anew by
 * each method; any thread.
 */
final class Verbs {
    private static final String FILES = "hv/console/verbs";
    private static final String HELP_LINE = "#: ";
    private static final Pattern OPTION = Pattern.compile("(?<![\\w-])--?[a-z][a-z-]*");

    private Verbs() {}

    /** The commands of scope hv with their options, but {@code --help}. */
    static Map<String, List<String>> commands(BundleContext context) {
        Map<String, List<String>> commands = new TreeMap<>();
        try {
            for (ServiceReference<?> found : references(context)) {
                Object command = context.getService(found);
                String verb = String.valueOf(found.getProperty("osgi.command.function"));
                if (command instanceof Documented documented) {
                    Help help = documented.help();
                    commands.put(
                            verb,
                            Stream.concat(help.options().stream(), help.switches().stream())
                                    .sorted()
                                    .toList());
                } else if (command != null) {
                    commands.put(verb, optionsIn(String.valueOf(found.getProperty("hv.usage"))));
                }
                context.ungetService(found);
            }
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        }
        return commands;
    }

    private static List<ServiceReference<?>> references(BundleContext context) throws InvalidSyntaxException {
        ServiceReference<?>[] found = context.getServiceReferences((String) null, "(osgi.command.scope=hv)");
        return found == null ? List.of() : List.of(found);
    }

    /** The verbs of a workspace with their options. */
    static Map<String, List<String>> ofWorkspace(BundleContext context) {
        Map<String, List<String>> verbs = new TreeMap<>();
        Enumeration<URL> files = context.getBundle().findEntries(FILES, "*", false);
        for (URL file : files == null ? List.<URL>of() : Collections.list(files)) {
            String path = file.getPath();
            verbs.put(path.substring(path.lastIndexOf('/') + 1), optionsIn(help(file)));
        }
        return verbs;
    }

    private static String help(URL file) {
        try (InputStream in = file.openStream()) {
            List<String> lines = new ArrayList<>();
            new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> line.startsWith(HELP_LINE))
                    .forEach(lines::add);
            return String.join("\n", lines);
        } catch (IOException e) {
            return "";
        }
    }

    private static List<String> optionsIn(String usage) {
        TreeSet<String> options = new TreeSet<>();
        Matcher option = OPTION.matcher(usage);
        while (option.find()) {
            options.add(option.group());
        }
        return List.copyOf(options);
    }
}
