package hv.api.enlightenment;

import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.osgi.annotation.bundle.Requirement;

/**
 * An edge of the Requires graph: the annotated enlightenment cannot work without the one named. The bundle's manifest
 * gets the requirement, so resolvers pull the other bundle in, and {@link Descriptor#of} the same edge for run time.
 */
@Requirement(namespace = ProvidesEnlightenment.NAMESPACE, filter = "(hv.enlightenment=${#value})")
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@Repeatable(RequiresEnlightenment.Edges.class)
public @interface RequiresEnlightenment {
    /** The id of the enlightenment that is needed. */
    String value();

    /** Holds several edges; the compiler writes it. */
    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.TYPE)
    @interface Edges {
        /** The edges. */
        RequiresEnlightenment[] value();
    }
}
