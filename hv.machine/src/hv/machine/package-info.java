/**
 * A bare machine: loads a guest image (Linux, Multiboot or the flat 64-bit format), puts a serial port and a few other devices
 * around a {@link hv.kvm.KvmVm}, and runs it to its end.
 *
 * <p>Start at {@link hv.machine.Machine}.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package hv.machine;
