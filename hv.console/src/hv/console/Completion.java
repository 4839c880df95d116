package hv.console;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.CommandSessionListener;
import org.apache.felix.service.command.Function;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/**
 * Tells the shell on the terminal what can follow an hv command when Tab is pressed: words, names of enlightenments, options. Called by
 * Gogo on the thread of the session, at the session's first line, which is the shell's own profile; other sessions have no terminal and
 * are left alone.
 */
@Component(service = CommandSessionListener.class)
public final class Completion implements CommandSessionListener {
    private static final String DONE = "hv.completion";
    private static final String TERMINAL = ".terminal";
    private static final String NAMES = "__hv_names";

    /** Commands whose first word is the name of an enlightenment. */
    static final Set<String> NAMED = Set.of("why", "explain", "swap", "remove", "add");

    static final Map<String, List<String>> WORDS = Map.of(
            "msr", List.of("read", "write", "map"),
            "call", List.of("map"),
            "completion", List.of("bash"));

    static final Map<String, List<String>> OPTIONS = Map.ofEntries(
            Map.entry("list", ListCommand.OPTIONS),
            Map.entry("why", List.of()),
            Map.entry("check", CheckCommand.OPTIONS),
            Map.entry("convert", ConvertCommand.OPTIONS),
            Map.entry("cpuid", CpuidCommand.OPTIONS),
            Map.entry("explain", List.of()),
            Map.entry("completion", List.of()),
            Map.entry("msr", List.of("--cpu", "--partition", "--smp", "--vp")),
            Map.entry("call", Guests.OPTIONS),
            Map.entry("partition", Guests.OPTIONS),
            Map.entry("save", SaveCommand.OPTIONS),
            Map.entry("restore", RestoreCommand.OPTIONS),
            Map.entry("tsc", TscCommand.OPTIONS),
            Map.entry("reset", ResetCommand.OPTIONS),
            Map.entry("crash", List.of()),
            Map.entry("swap", List.of("--partition")),
            Map.entry("swaps", List.of("--partition")),
            Map.entry("health", List.of("--deadline", "--partition")),
            Map.entry("remove", List.of("--force", "--partition")),
            Map.entry("add", List.of("--partition")));

    private final BundleContext context;

    /** For the component runtime. */
    @Activate
    public Completion(BundleContext context) {
        this.context = context;
    }

    @Override
    public void beforeExecute(CommandSession session, CharSequence command) {}

    @Override
    public void afterExecute(CommandSession session, CharSequence command, Exception failure) {}

    @Override
    public void afterExecute(CommandSession session, CharSequence command, Object result) {
        if (session.get(TERMINAL) == null || session.get(DONE) != null) {
            return;
        }
        session.put(DONE, true);
        session.put(NAMES, (Function) (of, arguments) -> new Deployed(context).offered());
        try {
            for (Map.Entry<String, List<String>> entry : OPTIONS.entrySet()) {
                teach(session, entry.getKey(), entry.getValue());
            }
        } catch (Exception e) {
            System.getLogger(Completion.class.getName())
                    .log(System.Logger.Level.DEBUG, "the shell takes no completions", e);
        }
    }

    private static void teach(CommandSession session, String verb, List<String> options) throws Exception {
        String complete = "complete -c hv:" + verb;
        session.execute(complete + " -e");
        session.execute(complete + " -l help --description 'how it is used'");
        for (String option : options) {
            session.execute(complete + " -l " + option.substring(2) + " --description 'takes a value'");
        }
        if (NAMED.contains(verb)) {
            session.execute(complete + " -a '" + NAMES + "'");
        }
        if (WORDS.containsKey(verb)) {
            String words = "__hv_words_" + verb;
            session.put(words, (Function) (of, arguments) -> WORDS.get(verb));
            session.execute(complete + " -a '" + words + "'");
        }
    }
}
