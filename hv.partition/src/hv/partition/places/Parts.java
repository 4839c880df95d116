package hv.partition.places;

import hv.api.enlightenment.VpAttachment;

/** One place as the code of others finds it: the parts of whoever is in it now. Any thread. */
interface Parts {
    /** Id of the enlightenment. */
    String id();

    /** The part of VP {@code index}, or {@link VpAttachment#NOTHING}. */
    VpAttachment vp(int index);
}
