/** A guest's disks: see {@link hv.storvsc.Storvsc}. */
package hv.storvsc;
