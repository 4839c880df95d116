package hv.launcher;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.felix.resolver.Logger;
import org.apache.felix.resolver.ResolverImpl;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.namespace.PackageNamespace;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.resource.Capability;
import org.osgi.resource.Namespace;
import org.osgi.resource.Requirement;
import org.osgi.resource.Resource;
import org.osgi.resource.Wiring;
import org.osgi.service.resolver.HostedCapability;
import org.osgi.service.resolver.ResolutionException;
import org.osgi.service.resolver.ResolveContext;

/**
 * Which bundles a set of enlightenments comes to: what the OSGi resolver finds when a resource requires exactly those. Used once, by
 * one thread, before the bundles are started.
 */
final class Closure {
    private final List<BundleRevision> installed = new ArrayList<>();

    Closure(BundleContext context) {
        for (Bundle bundle : context.getBundles()) {
            BundleRevision revision = bundle.adapt(BundleRevision.class);
            if (revision != null) {
                installed.add(revision);
            }
        }
    }

    /** The enlightenment bundles that provide {@code ids} and all they require. */
    Set<Bundle> of(Collection<String> ids) throws BundleException {
        Flags flags = new Flags(ids);
        try {
            Set<Bundle> bundles = new HashSet<>();
            for (Resource resource : new ResolverImpl(new Logger(0))
                    .resolve(flags.context(installed))
                    .keySet()) {
                if (resource instanceof BundleRevision revision
                        && !revision.getDeclaredCapabilities(EnlightenmentGraph.NAMESPACE)
                                .isEmpty()) {
                    bundles.add(revision.getBundle());
                }
            }
            return bundles;
        } catch (ResolutionException e) {
            throw new BundleException("the deployed bundles do not resolve: " + e.getMessage(), e);
        }
    }

    /** The resource that wants the enlightenments. */
    private static final class Flags implements Resource {
        private final List<Requirement> requirements = new ArrayList<>();

        Flags(Collection<String> ids) {
            ids.forEach(id -> requirements.add(new Wanted(this, id)));
        }

        @Override
        public List<Capability> getCapabilities(String namespace) {
            return List.of();
        }

        @Override
        public List<Requirement> getRequirements(String namespace) {
            return namespace == null || namespace.equals(EnlightenmentGraph.NAMESPACE) ? requirements : List.of();
        }

        ResolveContext context(List<BundleRevision> installed) {
            return new Installed(this, installed);
        }
    }

    private record Wanted(Resource resource, String id) implements Requirement {
        @Override
        public String getNamespace() {
            return EnlightenmentGraph.NAMESPACE;
        }

        @Override
        public Map<String, String> getDirectives() {
            return Map.of(Namespace.REQUIREMENT_FILTER_DIRECTIVE, "(" + EnlightenmentGraph.NAMESPACE + "=" + id + ")");
        }

        @Override
        public Map<String, Object> getAttributes() {
            return Map.of();
        }

        @Override
        public Resource getResource() {
            return resource;
        }

        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return id.hashCode();
        }
    }

    /** The resolver's view: the installed bundles, nothing wired yet. */
    private static final class Installed extends ResolveContext {
        private final Resource wanted;
        private final List<BundleRevision> revisions;

        Installed(Resource wanted, List<BundleRevision> revisions) {
            this.wanted = wanted;
            this.revisions = revisions;
        }

        @Override
        public Collection<Resource> getMandatoryResources() {
            return List.of(wanted);
        }

        @Override
        public List<Capability> findProviders(Requirement requirement) {
            String filter = requirement.getDirectives().get(Namespace.REQUIREMENT_FILTER_DIRECTIVE);
            List<Capability> found = new ArrayList<>();
            for (BundleRevision revision : revisions) {
                for (Capability capability : revision.getCapabilities(requirement.getNamespace())) {
                    if (matches(filter, capability)) {
                        found.add(capability);
                    }
                }
            }
            return found;
        }

        private static boolean matches(String filter, Capability capability) {
            try {
                return filter == null || FrameworkUtil.createFilter(filter).matches(capability.getAttributes());
            } catch (InvalidSyntaxException e) {
                return false;
            }
        }

        @Override
        public int insertHostedCapability(List<Capability> capabilities, HostedCapability hosted) {
            capabilities.add(hosted);
            return capabilities.size() - 1;
        }

        /** Packages come from the framework's own resolution; here only the graph of capabilities is of interest. */
        @Override
        public boolean isEffective(Requirement requirement) {
            String effective = requirement.getDirectives().get(Namespace.REQUIREMENT_EFFECTIVE_DIRECTIVE);
            return !requirement.getNamespace().equals(PackageNamespace.PACKAGE_NAMESPACE)
                    && (effective == null || effective.equals(Namespace.EFFECTIVE_RESOLVE));
        }

        @Override
        public Map<Resource, Wiring> getWirings() {
            return Map.of();
        }
    }
}
