/**
 * Devices on VMBus, the bus that Hyper-V guests look for: what a device is to the bus, what it is given when a guest
 * opens its channel, and the rings through which the two talk. A device knows no bus and no back end, the bus knows no
 * device. Everything in guest memory is hostile: each word is read once, and what is read is checked before it is used.
 *
 * <p>Source of the layouts: the public headers and drivers of Linux (include/linux/hyperv.h, drivers/hv), since the
 * TLFS ends below VMBus.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package hv.api.vmbus;
