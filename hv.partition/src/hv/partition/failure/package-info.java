/** What becomes of failures of code that is not the partition's own: told, counted, kept from doing harm elsewhere. */
package hv.partition.failure;
