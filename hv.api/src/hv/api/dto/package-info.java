/** Snapshots for tools: plain records, taken at one moment, safe to keep and to print. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.1.0")
package hv.api.dto;
