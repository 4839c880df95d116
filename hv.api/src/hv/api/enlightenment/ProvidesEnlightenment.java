package hv.api.enlightenment;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.osgi.annotation.bundle.Capability;

/**
 * Marks the component class of an enlightenment. The bundle's manifest gets the capability
 * {@code hv.enlightenment;hv.enlightenment=ID} from it, and {@link Descriptor#of} the id.
 */
@Capability(namespace = ProvidesEnlightenment.NAMESPACE, name = "${#value}")
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface ProvidesEnlightenment {
    /** Capability namespace of enlightenments. */
    String NAMESPACE = "hv.enlightenment";

    /** The id, as {@code stimer-direct}. */
    String value();
}
