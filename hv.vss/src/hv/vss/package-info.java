/** Keeps a guest's file systems still: see {@link hv.vss.Vss}. */
package hv.vss;
