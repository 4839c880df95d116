/**
 * The syntaxes that people write Hyper-V flags in. {@link hv.flags.FlagText} reads any of them into one {@code -cpu}
 * argument, which {@link hv.api.host.Hypervisor#check} judges, and {@link hv.flags.FlagWriter} writes one in another
 * syntax.
 *
 * <p>Everything that is read is a stranger's: bounded, and refused with one line.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package hv.flags;
