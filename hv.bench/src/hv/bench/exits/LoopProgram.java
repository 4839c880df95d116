package hv.bench.exits;

import hv.api.enlightenment.Enlightenment;
import hv.partition.PartitionService;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

/**
 * Our loop as a process of its own: a round for each line of standard input, and its nanoseconds as a line of standard
 * output.
 */
final class LoopProgram {
    private LoopProgram() {}

    /** The program; arguments do not matter. */
    public static void main(String[] args) throws Exception {
        List<Enlightenment> all = new ArrayList<>();
        ServiceLoader.load(Enlightenment.class).forEach(all::add);
        try (JavaLoop loop = new JavaLoop(PartitionService.of(all));
                BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))) {
            answer(loop, in);
        }
    }

    private static void answer(JavaLoop loop, BufferedReader in) throws IOException, InterruptedException {
        // A round for each empty line, until there are no more.
        for (String line = in.readLine(); line != null && line.isEmpty(); line = in.readLine()) {
            System.out.println(loop.roundNanos());
        }
    }
}
