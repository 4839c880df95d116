package hv.fuzz;

import hv.fuzz.target.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Has a target take inputs again, without Jazzer, and shows what came of each. One thread. */
final class Replay {
    private final Target target;

    Replay(Target target) {
        this.target = target;
    }

    /** Returns how many inputs are findings. */
    Figures run(Path fileOrFolder) throws IOException {
        List<Path> inputs = WorkFolder.inputs(fileOrFolder);
        long operations = 0;
        int findings = 0;
        for (Path input : inputs) {
            try {
                operations += target.run(Files.readAllBytes(input));
            } catch (IOException e) {
                throw e;
            } catch (Throwable e) {
                findings++;
                System.out.println("finding: " + input);
                e.printStackTrace(System.out);
            }
        }
        return new Figures(inputs.size(), operations, 0, findings);
    }
}
