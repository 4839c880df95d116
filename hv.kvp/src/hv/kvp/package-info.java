/** Pairs of keys and values between host and guest: see {@link hv.kvp.Kvp}. */
package hv.kvp;
