/**
 * Reads guest images (Linux, Multiboot, the flat 64-bit format), loads them into a guest's memory and says how its
 * first processor starts. For any VMM: start at {@link hv.machine.boot.ImageReader}.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package hv.machine.boot;
