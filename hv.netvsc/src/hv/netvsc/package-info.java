/** A guest's network adapter: see {@link hv.netvsc.Netvsc}. */
package hv.netvsc;
