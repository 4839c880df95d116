/** Has a guest end in good order: see {@link hv.shutdown.Shutdown}. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package hv.shutdown;
