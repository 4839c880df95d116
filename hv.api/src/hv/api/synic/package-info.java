/**
 * What the synthetic interrupt controller offers to other enlightenments and to host-side code: messages and events.
 * Here rather than in its bundle, so that it can be replaced while others use it.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package hv.api.synic;
