/**
 * The ACPI tables of the machine: what they are made of, and what is in them. Start at {@link
 * hv.machine.acpi.AcpiTables}.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package hv.machine.acpi;
