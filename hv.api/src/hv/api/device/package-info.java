/**
 * The devices of a guest as a VMM and its operators see them: what they are, adding and removing them while the guest
 * runs, and what some of them offer to the host.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package hv.api.device;
