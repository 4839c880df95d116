/** Whether a guest is there: see {@link hv.heartbeat.Heartbeat}. */
package hv.heartbeat;
