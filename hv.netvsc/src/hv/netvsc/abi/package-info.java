/** The native boundary: TAP devices of Linux. */
package hv.netvsc.abi;
