package hv.dist;

import hv.dist.Dependencies.Dependency;
import hv.dist.Dependencies.Scope;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/** POMs, as texts. */
final class Pom {
    private Pom() {}

    /** Of a bundle. */
    static String of(Published one, List<Dependency> dependencies) {
        Markup pom = head(one.artifact(), "jar", one.description());
        pom.open("dependencies");
        for (Dependency each : dependencies) {
            dependency(pom, each);
        }
        return pom.close("dependencies").close("project").toString();
    }

    /** One that names the versions of all others. */
    static String ofAll(Artifact self, Collection<Published> all) {
        Markup pom = head(self, "pom", "The versions of hv's bundles, to import");
        pom.open("dependencyManagement").open("dependencies");
        for (Published each : all) {
            dependency(pom, new Dependency(each.artifact(), Scope.COMPILE, false));
        }
        return pom.close("dependencies")
                .close("dependencyManagement")
                .close("project")
                .toString();
    }

    /** Of something that is no jar. */
    static String alone(Artifact self, String description) {
        return head(self, "pom", description).close("project").toString();
    }

    private static Markup head(Artifact self, String packaging, String description) {
        String schema = "http://maven.apache.org/POM/4.0.0";
        return new Markup()
                .open("project", "xmlns", schema)
                .element("modelVersion", "4.0.0")
                .element("groupId", self.group())
                .element("artifactId", self.id())
                .element("version", self.version())
                .element("packaging", packaging)
                .element("name", self.id())
                .element("description", description)
                .open("licenses")
                .open("license")
                .element("name", "Apache-2.0")
                .element("url", "https://www.apache.org/licenses/LICENSE-2.0.txt")
                .element("distribution", "repo")
                .close("license")
                .close("licenses");
    }

    private static void dependency(Markup pom, Dependency each) {
        pom.open("dependency")
                .element("groupId", each.artifact().group())
                .element("artifactId", each.artifact().id())
                .element("version", each.artifact().version());
        if (each.scope() != Scope.COMPILE) {
            pom.element("scope", each.scope().name().toLowerCase(Locale.ROOT));
        }
        if (each.isOptional()) {
            pom.element("optional", "true");
        }
        pom.close("dependency");
    }
}
