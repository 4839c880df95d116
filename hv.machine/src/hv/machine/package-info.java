/**
 * A bare machine on KVM: puts devices ({@link hv.machine.device}) around a {@link hv.kvm.KvmVm}, loads a guest image
 * ({@link hv.machine.boot}), and runs it to its end. Only this package knows KVM.
 *
 * <p>Start at {@link hv.machine.Machine}.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package hv.machine;
