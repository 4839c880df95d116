package hv.launcher;

import java.lang.reflect.InvocationTargetException;
import java.util.OptionalInt;

/**
 * The console's commands that need no container, if the console and the bundles are on the class path, as they are
 * behind {@code ./hv}; behind {@code java -jar hv.jar} they are not. They are looked for by name, since this program
 * does not depend on the console. Called once, on the main thread.
 */
final class Tools {
    private static final String CONSOLE = "hv.console.Tools";

    private Tools() {}

    /**
     * Does what the verb says, if what is on the class path is what is deployed.
     *
     * @return exit status; empty if the verb has to be done in a container, and nothing has happened
     * @throws Throwable what the command throws that is no answer, but a bug
     */
    static OptionalInt run(Distribution distribution, String verb, String... words) throws Throwable {
        try {
            Class<?> console = Class.forName(CONSOLE);
            if (!(boolean) console.getMethod("has", String.class).invoke(null, verb) || !distribution.isAsAssembled()) {
                return OptionalInt.empty();
            }
            return OptionalInt.of(
                    (int) console.getMethod("run", String.class, String[].class).invoke(null, verb, words));
        } catch (ClassNotFoundException e) {
            return OptionalInt.empty();
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
