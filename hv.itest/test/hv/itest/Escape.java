package hv.itest;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/**
 * A bundle that tries to get at what is outside of the process: when it starts, and again for the console's command
 * {@code escape:leave}. Each attempt prints who tried, what, and {@code refused} or {@code DONE} with what came of it.
 * Runs in the program that is tested.
 */
public final class Escape implements BundleActivator {
    private static final int EPERM = 1;
    private static final int ENOSYS = 38;
    private static final int EAFNOSUPPORT = 97;
    private static final int CONNECT_MILLIS = 1_000;

    private final Map<String, Callable<?>> attempts = new LinkedHashMap<>();

    /** For the framework. */
    public Escape() {}

    @Override
    public void start(BundleContext context) {
        Dictionary<String, String> headers = context.getBundle().getHeaders();
        prepareFiles(Path.of(headers.get("Escape-Folder")));
        prepareConnection(Integer.parseInt(headers.get("Escape-Port")));
        if (headers.get("Escape-Jailed") != null) {
            prepareSystem();
            prepareCalls();
        }
        Dictionary<String, Object> command = new Hashtable<>(Map.of("osgi.command.scope", "escape"));
        command.put("osgi.command.function", new String[] {"leave"});
        context.registerService(Command.class, new Command(), command);
        report("bundle");
    }

    @Override
    public void stop(BundleContext context) {}

    /** The console's. */
    public final class Command {
        /** {@code escape:leave}. */
        public void leave() {
            report("command");
        }
    }

    private void report(String who) {
        attempts.forEach((what, attempt) -> {
            String outcome;
            try {
                outcome = "DONE " + attempt.call();
            } catch (Refused | IOException e) {
                outcome = "refused";
            } catch (Exception e) {
                outcome = "FAILED " + e;
            }
            System.out.println("escape: " + who + ": " + what + ": " + outcome);
        });
        System.out.println("escape: " + who + ": end");
    }

    /** What is done outside of the jail too, to see that it is possible there. */
    private void prepareFiles(Path folder) {
        attempts.put("read a file of the user", () -> Files.readString(folder.resolve("secret")));
        attempts.put("write beside it", () -> Files.writeString(folder.resolve("written"), "x"));
        attempts.put("write into the distribution", this::writeIntoDistribution);
        attempts.put(
                "start a shell",
                () -> new ProcessBuilder("/bin/sh", "-c", "exit 0").start().waitFor());
        attempts.put("see other processes", this::otherProcesses);
    }

    private void prepareConnection(int port) {
        attempts.put("connect to the host", () -> {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MILLIS);
                return socket;
            }
        });
    }

    /** What only root could do anyway. */
    private void prepareSystem() {
        attempts.put(
                "read /etc/shadow",
                () -> Files.readString(Path.of("/etc/shadow")).length());
        attempts.put(
                "write into the system's libraries", () -> Files.writeString(Path.of("/usr/lib/hv-was-here"), "x"));
        attempts.put("write a setting of the kernel", () -> {
            Path setting = Path.of("/proc/sys/kernel/core_pattern");
            return Files.writeString(setting, Files.readString(setting), StandardOpenOption.WRITE);
        });
        attempts.put("see other devices", this::otherDevices);
        attempts.put("have a capability", this::capabilities);
    }

    /** The filter's answers, which the kernel would not give to these calls. */
    private void prepareCalls() {
        call("ptrace", ENOSYS, 101);
        call("mount", ENOSYS, 165);
        call("unshare the user namespace", ENOSYS, 272, 0x10000000);
        call("setns", ENOSYS, 308);
        call("bpf", ENOSYS, 321);
        call("keyctl", ENOSYS, 250);
        call("perf_event_open", ENOSYS, 298);
        call("userfaultfd", ENOSYS, 323, 1);
        call("io_uring_setup", ENOSYS, 425, 1);
        call("personality", ENOSYS, 135, 0xFFFFFFFFL);
        call("process_vm_readv", ENOSYS, 310, 1);
        call("kexec_load", ENOSYS, 246);
        call("init_module", ENOSYS, 175);
        call("symlink", ENOSYS, 88);
        call("make a process with a user namespace", EPERM, 56, 0x10000011);
        call("type into the terminal", EPERM, 16, 0, 0x5412);
        call("type into the terminal, in disguise", EPERM, 16, 0, 0x1_0000_5412L);
        call("open an IP socket", EAFNOSUPPORT, 41, 2, 1);
        call("open a packet socket", EAFNOSUPPORT, 41, 17, 3);
    }

    private Path writeIntoDistribution() throws IOException {
        Path jar = Path.of(System.getProperty("java.class.path"));
        return Files.writeString(jar.resolveSibling("written"), "x");
    }

    /** More than bubblewrap's first process and this one. */
    private String otherProcesses() throws IOException {
        TreeSet<String> found = new TreeSet<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            processes.forEach(process -> found.add(process.getFileName().toString()));
        }
        found.remove("1");
        found.remove(String.valueOf(ProcessHandle.current().pid()));
        return none(found);
    }

    private String otherDevices() throws IOException {
        TreeSet<String> found = new TreeSet<>();
        try (DirectoryStream<Path> devices = Files.newDirectoryStream(Path.of("/dev"))) {
            for (Path device : devices) {
                if (!Files.isRegularFile(device, LinkOption.NOFOLLOW_LINKS)) {
                    found.add(device.getFileName().toString());
                }
            }
        }
        found.removeAll(List.of(
                "console core fd full kvm null ptmx pts random shm stderr stdin stdout tty urandom zero".split(" ")));
        return none(found);
    }

    private static String none(TreeSet<String> found) {
        if (found.isEmpty()) {
            throw new Refused();
        }
        return found.toString();
    }

    private String capabilities() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("Cap") && !line.endsWith("\t0000000000000000")) {
                return line;
            }
        }
        throw new Refused();
    }

    private void call(String what, int refusal, long number, long... arguments) {
        attempts.put(what, () -> {
            int errno = errno(number, Arrays.copyOf(arguments, 3));
            if (errno == refusal) {
                throw new Refused();
            }
            return "errno " + errno;
        });
    }

    @SuppressWarnings("restricted")
    private static int errno(long number, long... arguments) throws Exception {
        Linker linker = Linker.nativeLinker();
        MethodHandle syscall = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("syscall"),
                FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
                Linker.Option.firstVariadicArg(1),
                Linker.Option.captureCallState("errno"));
        VarHandle errno = Linker.Option.captureStateLayout().varHandle(MemoryLayout.PathElement.groupElement("errno"));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment captured = arena.allocate(Linker.Option.captureStateLayout());
            long result =
                    (long) syscall.invokeExact(captured, number, arguments[0], arguments[1], arguments[2], 0L, 0L);
            return result >= 0 ? 0 : (int) errno.get(captured, 0L);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1;
    }
}
