package hv.bench.start;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code ./hv bench start}: from the start of the JVM to the first entry into the guest and to the guest's first line,
 * and what the process holds at the first entry; and how long a whole {@code check} takes. Both are compared with the
 * least that this JVM can be started for, in turns in the same run, since times alone say more about a machine. Every
 * run is a process of its own, started as the script starts it; medians are shown.
 */
public final class Start {
    private static final int WARM_UP_RUNS = 2;
    private static final int RUNS = 15;
    private static final Pattern ENTERED = Pattern.compile("entered rss_kib=(\\d+) heap_kib=(\\d+)");

    private Start() {}

    private static final List<String> CHECK =
            List.of("check", "--cpu", "hv-relaxed,hv-vapic,hv-time,hv-vpindex,hv-synic,hv-stimer");

    private record Run(double enteredMillis, double firstLineMillis, long rssKib, long heapKib) {}

    /**
     * Runs it. The system property {@code hv.launch} holds the command that starts the launcher for a guest, {@code
     * hv.command} the one for commands, a word a line.
     */
    public static void run(Optional<Path> json) throws IOException, InterruptedException {
        String launch = System.getProperty("hv.launch");
        if (launch == null) {
            System.out.println("not run: start it with ./hv bench start");
            return;
        }
        List<String> check =
                new ArrayList<>(System.getProperty("hv.command").lines().toList());
        check.addAll(CHECK);
        List<String> hello = List.of(
                check.getFirst(),
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Hello.class.getName());
        List<Run> runs = new ArrayList<>();
        List<Double> checks = new ArrayList<>();
        List<Double> hellos = new ArrayList<>();
        for (int i = -WARM_UP_RUNS; i < RUNS; i++) {
            Run run = once(launch.lines().toList());
            double checked = WholeRun.millis(check);
            double greeted = WholeRun.millis(hello);
            if (i >= 0) {
                runs.add(run);
                checks.add(checked);
                hellos.add(greeted);
            }
        }
        double least = median(hellos.stream().mapToDouble(each -> each).toArray());
        double checked = median(checks.stream().mapToDouble(each -> each).toArray());
        double entered = median(runs.stream().mapToDouble(Run::enteredMillis).toArray());
        double line = median(runs.stream().mapToDouble(Run::firstLineMillis).toArray());
        double rss = median(runs.stream().mapToDouble(Run::rssKib).toArray()) / 1024;
        double heap = median(runs.stream().mapToDouble(Run::heapKib).toArray()) / 1024;
        System.out.printf(
                Locale.ROOT,
                "median of %d runs: %.0f ms to the guest's first instruction, %.0f ms to its first line, RSS %.0f MiB, heap %.0f MiB%n",
                RUNS,
                entered,
                line,
                rss,
                heap);
        System.out.printf(
                Locale.ROOT,
                "a JVM that says hello: %.0f ms; check: %.0f ms, %.1f times that; first instruction: %.1f times that%n",
                least,
                checked,
                checked / least,
                entered / least);
        if (json.isPresent()) {
            Files.writeString(
                    json.get(),
                    String.format(
                            Locale.ROOT,
                            "{\"start\": {\"entered_ms\": %.1f, \"first_line_ms\": %.1f, \"rss_mib\": %.1f, \"heap_mib\": %.1f, \"hello_ms\": %.1f, \"check_ms\": %.1f}}%n",
                            entered,
                            line,
                            rss,
                            heap,
                            least,
                            checked));
        }
    }

    private static Run once(List<String> launch) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(launch);
        command.add(1, "-Dhv.start.report=true");
        command.add("run");
        long start = System.nanoTime();
        Process process = new ProcessBuilder(command).start();
        double[] firstLine = new double[1];
        Thread reader = Thread.ofPlatform().start(() -> firstLine[0] = firstLine(process, start));
        try (BufferedReader err = process.errorReader()) {
            StringBuilder said = new StringBuilder();
            for (String line = err.readLine(); line != null; line = err.readLine()) {
                Matcher entered = ENTERED.matcher(line);
                if (entered.matches()) {
                    double millis = (System.nanoTime() - start) / 1e6;
                    reader.join();
                    process.waitFor();
                    return new Run(
                            millis, firstLine[0], Long.parseLong(entered.group(1)), Long.parseLong(entered.group(2)));
                }
                said.append(line).append('\n');
            }
            throw new IOException("the guest was not entered: " + said);
        } finally {
            process.destroyForcibly();
        }
    }

    /** Also reads the rest, so that the guest can go on to its end. */
    private static double firstLine(Process process, long start) {
        try (BufferedReader out = process.inputReader()) {
            out.readLine();
            double millis = (System.nanoTime() - start) / 1e6;
            out.lines().forEach(line -> {});
            return millis;
        } catch (IOException e) {
            return Double.NaN;
        }
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        return values[values.length / 2];
    }
}
