/** Tells a guest the time of day: see {@link hv.timesync.TimeSync}. */
package hv.timesync;
