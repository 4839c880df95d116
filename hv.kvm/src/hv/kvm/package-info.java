/**
 * The KVM back end: a virtual machine on {@code /dev/kvm} whose synthetic MSRs and hypercalls are answered by a
 * {@link hv.api.host.GuestPartition}, never by the kernel.
 *
 * <p>Start at {@link hv.kvm.KvmVm}. {@link hv.kvm.Kvm#whyUnusable()} tells beforehand whether this host can do it. The
 * package needs Linux on x86-64 and native access ({@code --enable-native-access=hv.kvm}, or {@code ALL-UNNAMED} in an
 * OSGi container).
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package hv.kvm;
