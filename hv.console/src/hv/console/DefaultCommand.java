package hv.console;

import org.apache.felix.service.command.Descriptor;
import org.osgi.service.component.annotations.Component;

/**
 * What Gogo calls for a word that is no command, in Gogo's own scope: says so in words. The shell on the terminal shows
 * an exception as the name of its class and its message, and its own would be shown so.
 */
@Component(
        service = DefaultCommand.class,
        property = {"osgi.command.scope=gogo", "osgi.command.function=default"})
public final class DefaultCommand {
    /** There is no such command. In a pipe Gogo shows the class's name, so that is a word for people. */
    static final class Unknown extends IllegalArgumentException {
        private static final long serialVersionUID = 1;

        Unknown(String word) {
            super("there is no command '%s'; help lists those that there are".formatted(word));
        }

        /** What the shell shows. */
        @Override
        public String toString() {
            return getMessage();
        }
    }

    /** The command; its method has the name that Gogo looks for, since {@code default} is a word of Java. */
    @Descriptor("says that there is no such command")
    public void _default(Object[] words) {
        throw new Unknown(words.length == 0 ? "" : String.valueOf(words[0]));
    }
}
