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
 * Tells the shell on the terminal what can follow an hv command when Tab is pressed: words, names of enlightenments,
 * options. Called by Gogo on the thread of the session, at the session's first line, which is the shell's own profile;
 * other sessions have no terminal and are left alone.
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
            for (Map.Entry<String, List<String>> entry : Verbs.commands(context).entrySet()) {
                teach(session, entry.getKey(), entry.getValue());
            }
        } catch (Throwable e) {
            System.getLogger(Completion.class.getName())
                    .log(System.Logger.Level.DEBUG, "the shell takes no completions", e);
        }
    }

    private static void teach(CommandSession session, String verb, List<String> options) throws Exception {
        String complete = "complete -c hv:" + verb;
        session.execute(complete + " -e");
        session.execute(complete + " -l help --description 'how it is used'");
        for (String option : options) {
            session.execute(complete + " -l " + option.substring(2));
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
