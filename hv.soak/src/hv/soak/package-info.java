/**
 * The soak: a guest that uses timers, messages, events, IPIs, TLB flushes and clocks on all its VPs at once, a host
 * side that does its part, and counts on both sides that must be equal at the end. For tests that swap, stop, save or
 * restore something meanwhile.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package hv.soak;
