/** Has a guest end in good order: see {@link hv.shutdown.Shutdown}. */
package hv.shutdown;
