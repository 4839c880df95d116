/** VMBus for one guest: see {@link hv.vmbus.VmbusBus}. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package hv.vmbus;
