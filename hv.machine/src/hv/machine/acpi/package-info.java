/**
 * The ACPI tables of the machine: what they are made of, and what is in them. Start at {@link
 * hv.machine.acpi.AcpiTables}. Not exported.
 */
package hv.machine.acpi;
