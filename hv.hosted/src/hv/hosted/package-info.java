/**
 * A partition with no CPU. {@link hv.hosted.HostedHost} is everything that a partition needs of a VMM, without a
 * processor: whoever holds it plays the guest. Tests, the replay of vectors and the console stand on it, and it is the
 * back end where there is no /dev/kvm.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package hv.hosted;
