/**
 * The machine around virtual processors, in the words of which device models and loaders are written: they know these
 * and no hypervisor. A VMM gives a guest's port accesses to an {@link hv.api.machine.IoBus}, starts its processors as a
 * {@link hv.api.machine.BootState} says, and carries the level of an {@link hv.api.machine.InterruptLine} to its
 * interrupt controllers.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package hv.api.machine;
