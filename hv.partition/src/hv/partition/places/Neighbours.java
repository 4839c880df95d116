package hv.partition.places;

import java.util.List;
import java.util.Optional;

/** The places of a partition as enlightenments look for each other there. Any thread. */
interface Neighbours {
    /** The place of the enlightenment {@code id}; empty if it was never attached. */
    Optional<? extends Parts> find(String id);

    /** All places; a live list. */
    List<? extends Parts> all();
}
