package hv.kvp;

import java.util.Arrays;
import java.util.concurrent.CompletableFuture;

/**
 * What a host wants the guest to do with one of its pairs.
 *
 * @param body of the request
 * @param answer what the guest says
 */
record Wish(byte[] body, CompletableFuture<Integer> answer) {
    @Override
    public boolean equals(Object other) {
        return other instanceof Wish that && answer == that.answer && Arrays.equals(body, that.body);
    }

    @Override
    public int hashCode() {
        return answer.hashCode();
    }
}
