/**
 * The devices of a bare machine: serial port, real-time clock, sleep control, reset ports, debug exit, fw_cfg, and the
 * port bus that finds them ({@link hv.machine.device.Board}). They know no hypervisor: what they do to the machine
 * around them are functions that they are given.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package hv.machine.device;
