/**
 * The places of a partition's enlightenments, who is in them, and how one follows another while the guest runs: state,
 * routes, services, and what is made up for afterwards. Stands on {@link hv.partition.vp}, which knows nothing of it.
 */
package hv.partition.places;
