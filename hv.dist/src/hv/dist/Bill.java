package hv.dist;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import hv.dist.Dependencies.Dependency;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;

/** The bill of materials: what there is, of whom, under which licence, and what needs what (CycloneDX 1.6). */
final class Bill {
    private final Dependencies dependencies;
    private final Artifact self;
    private final Collection<Published> all;

    /** @param self what all of it is together */
    Bill(Artifact self, Collection<Published> all, Dependencies dependencies) {
        this.self = self;
        this.all = all;
        this.dependencies = dependencies;
    }

    void write(Path target) throws IOException {
        try (JsonGenerator json = new JsonFactory().createGenerator(Files.newBufferedWriter(target))) {
            json.useDefaultPrettyPrinter().writeStartObject();
            json.writeStringField("bomFormat", "CycloneDX");
            json.writeStringField("specVersion", "1.6");
            json.writeNumberField("version", 1);
            json.writeObjectFieldStart("metadata");
            json.writeObjectFieldStart("component");
            identity(json, self, "application");
            json.writeEndObject();
            json.writeEndObject();
            json.writeArrayFieldStart("components");
            for (Published each : all) {
                component(json, each);
            }
            json.writeEndArray();
            json.writeArrayFieldStart("dependencies");
            needs(
                    json,
                    self,
                    all.stream()
                            .map(Published::artifact)
                            .filter(Artifact::isOwn)
                            .toList());
            for (Published each : all) {
                needs(json, each.artifact(), listed(each));
            }
            json.writeEndArray();
            json.writeEndObject();
        }
    }

    /** Of third-party bundles no more is known than their licences. */
    private List<Artifact> listed(Published one) {
        List<Artifact> known = all.stream().map(Published::artifact).toList();
        return one.artifact().isOwn()
                ? dependencies.of(one).stream()
                        .map(Dependency::artifact)
                        .filter(known::contains)
                        .toList()
                : List.of();
    }

    private static void component(JsonGenerator json, Published each) throws IOException {
        json.writeStartObject();
        identity(json, each.artifact(), "library");
        json.writeStringField("description", each.description());
        json.writeArrayFieldStart("hashes");
        json.writeStartObject();
        json.writeStringField("alg", "SHA-256");
        json.writeStringField("content", Checksum.of("SHA-256", each.jar()));
        json.writeEndObject();
        json.writeEndArray();
        json.writeArrayFieldStart("licenses");
        for (String licence : each.licences()) {
            json.writeStartObject();
            json.writeObjectFieldStart("license");
            json.writeStringField("id", spdx(licence));
            json.writeEndObject();
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    /** Addresses of licences, as manifests have them, by SPDX's names. */
    private static String spdx(String licence) {
        if (licence.contains("LICENSE-2.0")) {
            return "Apache-2.0";
        }
        return licence.substring(licence.lastIndexOf('/') + 1);
    }

    private static void identity(JsonGenerator json, Artifact one, String type) throws IOException {
        json.writeStringField("type", type);
        json.writeStringField("bom-ref", one.purl());
        json.writeStringField("group", one.group());
        json.writeStringField("name", one.id());
        json.writeStringField("version", one.version());
        json.writeStringField("purl", one.purl());
    }

    private static void needs(JsonGenerator json, Artifact one, List<Artifact> others) throws IOException {
        json.writeStartObject();
        json.writeStringField("ref", one.purl());
        json.writeArrayFieldStart("dependsOn");
        for (Artifact other : others) {
            json.writeString(other.purl());
        }
        json.writeEndArray();
        json.writeEndObject();
    }
}
