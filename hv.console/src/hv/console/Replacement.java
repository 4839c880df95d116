package hv.console;

import hv.api.dto.SwapDTO;
import hv.flags.Shown;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Version;

/**
 * The bundle that shall replace another: found among the installed ones or installed from a file, started beside the
 * one in place, and stopped or taken away again if it is refused. Used by one thread for one command.
 */
final class Replacement {
    /** Whose places the bundle is to take. */
    interface Places {
        /** What a bundle must offer, for people, as {@code hv-time}. */
        String wanted();

        /** Whether a bundle that is installed, and perhaps not resolved, offers that. */
        boolean isOfferedBy(Bundle bundle);

        /**
         * Has a bundle that has been started take them, if it has not done so by being started.
         *
         * @param origin its name and version
         * @return what happened, a row a place
         */
        List<SwapDTO> take(String origin);
    }

    private final BundleContext context;
    private final Places places;

    /**
     * What became of one place: a newer version has taken it by being started; an older one, or one that was refused,
     * is asked to.
     *
     * @param id the place
     * @param origin whose it is to be
     * @param inPlace who is in it now
     * @param history what was done to places, oldest first
     */
    static SwapDTO taken(String id, String origin, String inPlace, List<SwapDTO> history, Supplier<SwapDTO> swap) {
        return history.stream()
                .filter(row -> inPlace.equals(origin)
                        && row.id().equals(id)
                        && row.to().equals(origin))
                .reduce((older, newer) -> newer)
                .orElseGet(swap);
    }

    Replacement(BundleContext context, Places places) {
        this.context = context;
        this.places = places;
    }

    /**
     * Has the bundle that {@code source} names, a file or {@code symbolic.name;version}, take over.
     *
     * @return what happened, a row a place
     * @throws UsageException if there is no such bundle, or it does not offer what is wanted
     */
    List<SwapDTO> takeOver(String source) throws IOException {
        Optional<Bundle> present = installed(source);
        Bundle successor = present.isPresent() ? present.get() : install(source);
        boolean wasActive = successor.getState() == Bundle.ACTIVE;
        List<SwapDTO> rows = new ArrayList<>();
        boolean isDone = false;
        try {
            requireOffer(successor, source);
            start(successor);
            rows.addAll(places.take(successor.getSymbolicName() + " " + successor.getVersion()));
            isDone = rows.stream().allMatch(SwapDTO::succeeded);
            return rows;
        } finally {
            if (isDone) {
                retire(successor);
            } else if (!wasActive) {
                takeAway(successor, present.isEmpty());
            }
        }
    }

    private Optional<Bundle> installed(String source) {
        int semicolon = source.indexOf(';');
        String name = semicolon < 0 ? source : source.substring(0, semicolon);
        return Arrays.stream(context.getBundles())
                .filter(bundle -> name.equals(bundle.getSymbolicName()))
                .filter(bundle -> semicolon < 0 || bundle.getVersion().equals(version(source.substring(semicolon + 1))))
                .max((one, other) -> one.getVersion().compareTo(other.getVersion()));
    }

    private static Version version(String text) {
        try {
            return Version.parseVersion(text.strip().replaceFirst("^version=", ""));
        } catch (IllegalArgumentException e) {
            throw new UsageException("'" + Shown.word(text) + "' is no version; write one as 0.1.1");
        }
    }

    private Bundle install(String source) throws IOException {
        Path file;
        try {
            file = Path.of(source).toAbsolutePath();
        } catch (InvalidPathException e) {
            throw new UsageException("there is no file and no installed bundle '" + Shown.file(source) + "'");
        }
        if (!Files.isRegularFile(file)) {
            throw new UsageException("there is no file and no installed bundle '" + Shown.file(source)
                    + "'; write a file or symbolic.name;version");
        }
        try (InputStream jar = Files.newInputStream(file)) {
            // A place of its own each time: the same file with other contents is another bundle.
            return context.installBundle(file.toUri() + "#" + System.nanoTime(), jar);
        } catch (BundleException e) {
            throw new UsageException(
                    e.getType() == BundleException.DUPLICATE_BUNDLE_ERROR
                            ? Shown.file(file)
                                    + ": a bundle of this name and version is installed already; give it another version"
                            : Shown.file(file) + " cannot be installed: " + e.getMessage());
        }
    }

    private void requireOffer(Bundle bundle, String source) {
        if (!places.isOfferedBy(bundle)) {
            throw new UsageException("bundle '%s' does not offer %s".formatted(Shown.file(source), places.wanted()));
        }
    }

    private static void start(Bundle bundle) {
        try {
            bundle.start(Bundle.START_ACTIVATION_POLICY);
        } catch (BundleException e) {
            throw new IllegalStateException(bundle.getSymbolicName() + " does not start: " + e.getMessage(), e);
        }
    }

    /** Stops the other versions of the bundle: they stay installed, to go back to. */
    private void retire(Bundle successor) {
        for (Bundle bundle : context.getBundles()) {
            boolean isPredecessor = !bundle.equals(successor)
                    && bundle.getState() == Bundle.ACTIVE
                    && successor.getSymbolicName().equals(bundle.getSymbolicName());
            if (isPredecessor) {
                try {
                    bundle.stop();
                } catch (BundleException e) {
                    throw new IllegalStateException(bundle + " does not stop: " + e.getMessage(), e);
                }
            }
        }
    }

    private static void takeAway(Bundle refused, boolean isOurs) {
        try {
            if (isOurs) {
                refused.uninstall();
            } else {
                refused.stop();
            }
        } catch (BundleException e) {
            throw new IllegalStateException(refused + " cannot be taken away: " + e.getMessage(), e);
        }
    }
}
