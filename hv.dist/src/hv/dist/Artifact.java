package hv.dist;

import java.nio.file.Path;

/** The coordinates of something in a Maven repository. */
record Artifact(String group, String id, String version) {
    /** The group of everything that is published here. */
    static final String OWN_GROUP = "hv";

    static Artifact own(String id, String version) {
        return new Artifact(OWN_GROUP, id, version);
    }

    boolean isOwn() {
        return group.equals(OWN_GROUP);
    }

    /** One of its files, relative to the repository; {@code suffix} is what follows the version, as ".jar". */
    Path file(String suffix) {
        return Path.of(group.replace('.', '/'), id, version, id + "-" + version + suffix);
    }

    /** As Karaf names it. */
    String url() {
        return "mvn:" + group + "/" + id + "/" + version;
    }

    /** As bills of materials name it. */
    String purl() {
        return "pkg:maven/" + group + "/" + id + "@" + version + "?type=jar";
    }
}
