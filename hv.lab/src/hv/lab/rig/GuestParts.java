package hv.lab.rig;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What the Linux guest is made of besides busybox and programs of ours.
 *
 * @param kernel the usual one
 * @param newerKernel another one, of a later release
 * @param archives what can be put behind the guest's own initial RAM disk, by name
 */
record GuestParts(Path kernel, Optional<Path> newerKernel, Map<String, Archive> archives) {
    /**
     * An archive.
     *
     * @param modules names to contents, in the order of loading
     * @param files paths without a slash in front to contents; all may be run
     */
    record Archive(Map<String, byte[]> modules, Map<String, byte[]> files) {}

    /** A kernel whose modules are not known. */
    static GuestParts unknown(Path kernel) {
        return new GuestParts(kernel, Optional.empty(), Map.of());
    }
}
