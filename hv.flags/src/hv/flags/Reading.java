package hv.flags;

import hv.api.Flags;
import hv.api.Problem;
import java.util.List;

/**
 * What a format found in a text.
 *
 * @param flags the flags in it
 * @param problems what is wrong with the way they were written, or around them
 */
record Reading(Flags flags, List<Problem> problems) {}
