/** Whether a guest is there: see {@link hv.heartbeat.Heartbeat}. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package hv.heartbeat;
