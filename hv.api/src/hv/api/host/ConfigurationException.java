package hv.api.host;

import hv.api.Problem;
import java.util.List;
import java.util.stream.Collectors;

/** A partition cannot be built from its flags. Names every problem, one a line. */
public final class ConfigurationException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    /** With all the problems that keep it from starting. */
    public ConfigurationException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** The problems. */
    public List<Problem> problems() {
        return problems;
    }
}
