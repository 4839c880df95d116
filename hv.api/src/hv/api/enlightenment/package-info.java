/**
 * What an enlightenment implements and is given: its descriptor, its part of each VP, the partition that it is attached
 * to, the calls that a guest makes. Who writes one starts at {@link hv.api.enlightenment.Enlightenment} and sees
 * nothing of the VMM side.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package hv.api.enlightenment;
