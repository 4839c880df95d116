/** Tells a guest the time of day: see {@link hv.timesync.TimeSync}. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package hv.timesync;
