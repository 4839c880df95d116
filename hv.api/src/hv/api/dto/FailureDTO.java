package hv.api.dto;

import java.time.Instant;

/**
 * What has gone wrong in one place in one way: failures of code that the partition calls, folded.
 *
 * @param place whose code it was: the id of an enlightenment, {@code host}, {@code listener} or {@code task}
 * @param callback what the code was asked to do, as {@code reading an MSR}
 * @param kind class of what was thrown, or {@code does not come back}
 * @param count how often
 * @param first when it was first
 * @param last when it was last
 * @param message one line about the last one, for people
 */
public record FailureDTO(
        String place, String callback, String kind, long count, Instant first, Instant last, String message) {}
