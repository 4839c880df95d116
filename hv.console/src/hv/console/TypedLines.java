package hv.console;

import hv.flags.Shown;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.CommandSessionListener;
import org.jline.reader.EOFError;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;
import org.jline.reader.Parser;
import org.jline.reader.impl.LineReaderImpl;
import org.osgi.service.component.annotations.Component;

/**
 * Keeps the shell on the terminal, and a guest beside it, when a line is typed that the shell cannot read, one with a
 * brace too many for instance: Gogo's shell takes such a line for the end of its input, ends, and stops the framework.
 * Here the line is told of in words and the next one is asked for.
 *
 * <p>Called by Gogo on the thread of the session, at the session's first line, which is the shell's own profile;
 * sessions without a terminal are left alone, and so JLine is not needed where there is none.
 */
@Component(service = CommandSessionListener.class)
public final class TypedLines implements CommandSessionListener {
    private static final String READER = ".reader";
    private static final String DONE = "hv.typed";
    private static final int LONGEST = 80;

    @Override
    public void beforeExecute(CommandSession session, CharSequence command) {}

    @Override
    public void afterExecute(CommandSession session, CharSequence command, Exception failure) {
        afterExecute(session, command, (Object) failure);
    }

    @Override
    public void afterExecute(CommandSession session, CharSequence command, Object result) {
        if (session.get(READER) != null && session.get(DONE) == null) {
            session.put(DONE, true);
            try {
                Patient.onto(session.get(READER));
            } catch (Throwable e) {
                // Another container's shell, with a JLine that is not ours: its lines are its own.
                System.getLogger(TypedLines.class.getName())
                        .log(System.Logger.Level.DEBUG, "this shell reads its lines itself", e);
            }
        }
    }

    /** Gogo's parser; what it cannot read becomes an empty line, and a line that says so. */
    private record Patient(Parser gogos, LineReader reader) implements Parser {
        /** Only where there is a terminal are JLine's classes looked for. */
        static void onto(Object reader) {
            if (reader instanceof LineReaderImpl lines) {
                lines.setParser(new Patient(lines.getParser(), lines));
            }
        }

        @Override
        public ParsedLine parse(String line, int cursor, ParseContext context) {
            try {
                return gogos.parse(line, cursor, context);
            } catch (Throwable e) {
                // With an end that is missing more is to come: the reader asks for it.
                if (context != ParseContext.ACCEPT_LINE || e instanceof EOFError) {
                    throw e;
                }
                reader.getTerminal()
                        .writer()
                        .println("hv: this line cannot be read: %s; put in '...' what is meant as it stands"
                                .formatted(Shown.of(String.valueOf(e.getMessage()), LONGEST)));
                return gogos.parse("", 0, context);
            }
        }

        @Override
        public boolean isEscapeChar(char ch) {
            return gogos.isEscapeChar(ch);
        }

        @Override
        public boolean validCommandName(String name) {
            return gogos.validCommandName(name);
        }

        @Override
        public boolean validVariableName(String name) {
            return gogos.validVariableName(name);
        }

        @Override
        public String getCommand(String line) {
            return gogos.getCommand(line);
        }

        @Override
        public String getVariable(String line) {
            return gogos.getVariable(line);
        }
    }
}
