package hv.launcher.run;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.UndeclaredThrowableException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.osgi.framework.BundleException;

/**
 * What a user is told of something that broke: one line that says what happened and, where that helps, what to do.
 * Stack traces are for those who work on the program, and are shown besides when the system property {@value #TRACES}
 * is true. Any thread.
 */
public final class Failure {
    public static final String TRACES = "hv.traces";

    /** Ready before there is no room to make it. */
    private static final byte[] NOTHING_LEFT =
            "hv: memory ran out; give the program more, as with HV_JAVA_OPTIONS=-Xmx512m\n"
                    .getBytes(StandardCharsets.US_ASCII);

    /** Never closed, as it is the process's. */
    private static final FileOutputStream ERR = new FileOutputStream(FileDescriptor.err);

    private static final int MOST_CAUSES = 20;

    private Failure() {}

    /** Prints it on standard error, behind {@code hv: }. Also when there is no memory left. */
    public static void tell(Throwable thrown) {
        try {
            System.err.println("hv: " + line(thrown));
            if (Boolean.getBoolean(TRACES)) {
                thrown.printStackTrace();
            }
        } catch (Throwable again) {
            try {
                ERR.write(NOTHING_LEFT);
            } catch (IOException e) {
                // There is nobody left to tell.
            }
        }
    }

    /** The line, without line ends and other control characters. */
    public static String line(Throwable thrown) {
        return text(cause(thrown)).replaceAll("\\R", "; ").replaceAll("\\p{Cntrl}", ".");
    }

    /** What wrappers were put around; memory that ran out is the cause of whatever came of it. */
    private static Throwable cause(Throwable thrown) {
        Throwable found = thrown;
        boolean isInside = false;
        Throwable next = thrown;
        for (int i = 0; next != null && i < MOST_CAUSES; i++) {
            if (next instanceof VirtualMachineError) {
                return next;
            }
            if (!isInside) {
                found = next;
                isInside = !isWrapper(next);
            }
            next = next.getCause();
        }
        return found;
    }

    private static boolean isWrapper(Throwable thrown) {
        return thrown.getCause() != null
                && (thrown instanceof UncheckedIOException
                        || thrown instanceof ExecutionException
                        || thrown instanceof InvocationTargetException
                        || thrown instanceof UndeclaredThrowableException
                        || thrown instanceof ExceptionInInitializerError
                        || thrown instanceof BundleException bundle
                                && bundle.getType() == BundleException.ACTIVATOR_ERROR);
    }

    private static String text(Throwable thrown) {
        String said = thrown.getMessage() == null ? "" : thrown.getMessage().strip();
        return switch (thrown) {
            case OutOfMemoryError e
            when said.contains("thread") ->
                "the system starts no more threads (" + said
                        + "); raise the limits of this user, as ulimit -u and ulimit -v";
            case OutOfMemoryError e ->
                "memory ran out (" + said + "); give the program more, as with HV_JAVA_OPTIONS=-Xmx512m";
            case StackOverflowError e ->
                "something is nested too deeply (stack overflow" + place(e)
                        + "); give the program a larger stack, as with HV_JAVA_OPTIONS=-Xss8m";
            case LinkageError e ->
                "a bundle does not fit the others (" + said + place(e) + "); deploy bundles that were built together";
            case NoSuchFileException e -> said + ": there is no such file or folder";
            case AccessDeniedException e -> said + ": may not be read or written by this user";
            case FileSystemException e when e.getReason() == null -> said + ": cannot be used";
            case IOException e when !said.isEmpty() -> said;
            case BundleException e when !said.isEmpty() -> said;
            default ->
                "this is an error of " + (isOurs(thrown) ? "hv's own" : "a bundle's own") + place(thrown)
                        + (said.isEmpty() ? "" : ": " + said) + "; HV_JAVA_OPTIONS=-D" + TRACES
                        + "=true shows where it comes from";
        };
    }

    private static boolean isOurs(Throwable thrown) {
        return innermost(thrown)
                .filter(frame -> !frame.getClassName().startsWith("hv."))
                .isEmpty();
    }

    private static String place(Throwable thrown) {
        return innermost(thrown)
                .map(frame -> " at " + frame.getFileName() + ":" + frame.getLineNumber())
                .orElse("");
    }

    /** The innermost frame that is not the JDK's. */
    private static Optional<StackTraceElement> innermost(Throwable thrown) {
        return Arrays.stream(thrown.getStackTrace())
                .filter(frame -> !frame.getClassName().startsWith("java")
                        && !frame.getClassName().startsWith("jdk.")
                        && !frame.getClassName().startsWith("sun."))
                .findFirst();
    }
}
