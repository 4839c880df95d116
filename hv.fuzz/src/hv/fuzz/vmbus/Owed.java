package hv.fuzz.vmbus;

import hv.fuzz.target.Finding;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The answers that the guest is owed, in the order in which it has asked. Each that is due comes once, and those for
 * one message slot in this order unless a device has to do its part first; none comes that nobody has asked for. One
 * thread.
 */
final class Owed {
    /** An answer that is expected. */
    static final class Answer {
        private final int slot;
        private final int type;
        private final int at;
        private final int value;
        private boolean isDue;
        private boolean isKept;
        private boolean isLate;

        private Answer(int slot, int type, int at, int value, boolean isDue) {
            this.slot = slot;
            this.type = type;
            this.at = at;
            this.value = value;
            this.isDue = isDue;
        }

        /** Of two that a message may be, it is the one that would be missed, or would not be waited for any more. */
        private int urgency() {
            return isDue ? 2 : isKept ? 0 : 1;
        }

        private boolean isBy(ByteBuffer message) {
            return message.getInt(0) == type && (at == 0 || message.getInt(at) == value);
        }

        @Override
        public String toString() {
            return "an answer of type %d with 0x%x at %d in slot 0x%x".formatted(type, value, at, slot);
        }
    }

    private final List<Answer> answers = new ArrayList<>();

    /**
     * One that has to come.
     *
     * @param slot VP and SINT that it comes to
     * @param at where {@code value} has to be in it; 0 for no matter what it says
     */
    Answer due(int slot, int type, int at, int value) {
        Answer answer = new Answer(slot, type, at, value, true);
        answers.add(answer);
        return answer;
    }

    /** One that has to come, when a device has done its part: behind others that were asked for later. */
    Answer late(int slot, int type, int at, int value) {
        Answer answer = due(slot, type, at, value);
        answer.isLate = true;
        return answer;
    }

    /** One that need not come any more, though it may. */
    void release(Answer answer) {
        answer.isDue = false;
    }

    /** One that may come. */
    Answer possible(int slot, int type, int at, int value) {
        Answer answer = new Answer(slot, type, at, value, false);
        answers.add(answer);
        return answer;
    }

    /** One that may come, and later too: when the guest asks for it with more than one message. */
    Answer kept(int slot, int type, int at, int value) {
        Answer answer = possible(slot, type, at, value);
        answer.isKept = true;
        return answer;
    }

    /** What was possible is due now, unless it has come already. */
    void isDue(Answer answer) {
        if (answers.remove(answer)) {
            answer.isDue = true;
            answer.isKept = false;
            answers.add(answer);
        }
    }

    /** What has been asked for so far need not be answered any more: the guest has begun anew. */
    void release() {
        for (Answer answer : answers) {
            answer.isDue = false;
            answer.isKept = false;
        }
    }

    void clear() {
        answers.clear();
    }

    /** The host has said something in a slot that it only says when it is asked; gives which answer that is. */
    Answer heard(int slot, ByteBuffer message) {
        Answer first = null;
        Answer other = null;
        for (Answer answer : answers) {
            if (answer.slot == slot && answer.isDue && !answer.isLate && first == null) {
                first = answer;
            }
            boolean isOther = answer.slot == slot && (answer.isLate || !answer.isDue) && answer.isBy(message);
            if (isOther && (other == null || answer.urgency() > other.urgency())) {
                other = answer;
            }
        }
        Answer given = first != null && first.isBy(message) ? first : other;
        if (given == null) {
            throw new Finding("a message of type %d with 0x%x in slot 0x%x; %s is owed"
                    .formatted(message.getInt(0), message.limit() < 12 ? 0 : message.getInt(8), slot, first));
        }
        answers.remove(given);
        return given;
    }

    /** The host has nothing more to say. */
    void settled() {
        for (Answer answer : answers) {
            if (answer.isDue) {
                throw new Finding(answer + " never came");
            }
        }
        answers.removeIf(answer -> !answer.isKept);
    }
}
