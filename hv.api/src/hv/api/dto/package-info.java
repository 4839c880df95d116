/** Snapshots for tools: plain records, taken at one moment, safe to keep and to print. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("2.0.0")
package hv.api.dto;
