/**
 * A virtual processor: the way of an exit from the routes to a handler and back, hypercalls and their decoder, what
 * other threads want of a VP, alarms, the clock, and the safe point at which every VP waits. Knows nothing of places
 * and who is in them: what is routed where is brought here.
 */
package hv.partition.vp;
