package hv.console;

import hv.api.enlightenment.Enlightenment;
import hv.explain.ExplainFile;
import hv.explain.Handbook;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/**
 * The enlightenments that are active, for commands that tell about them, and what their bundles bring for people
 * ({@link ExplainFiles}). Any thread.
 */
@Component(service = ActiveEnlightenments.class)
public final class ActiveEnlightenments {
    private final List<Enlightenment> enlightenments = new CopyOnWriteArrayList<>();
    private final Supplier<Map<String, ExplainFile>> files;

    /** For the component runtime. */
    @Activate
    public ActiveEnlightenments(BundleContext context) {
        files = () -> ExplainFiles.inBundles(context);
    }

    /** Exactly these, where there is no framework. */
    public ActiveEnlightenments(List<Enlightenment> all) {
        enlightenments.addAll(all);
        files = () -> ExplainFiles.beside(all);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addEnlightenment(Enlightenment enlightenment) {
        enlightenments.add(enlightenment);
    }

    void removeEnlightenment(Enlightenment enlightenment) {
        enlightenments.remove(enlightenment);
    }

    /** By id. */
    List<Enlightenment> all() {
        return enlightenments.stream()
                .sorted(Comparator.comparing(
                        enlightenment -> enlightenment.descriptor().id()))
                .toList();
    }

    /** What is known about them now. */
    Handbook handbook() {
        return new Handbook(all(), files.get());
    }
}
