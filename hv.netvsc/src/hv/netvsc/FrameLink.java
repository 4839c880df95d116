package hv.netvsc;

import java.io.IOException;
import java.util.Map;
import java.util.function.LongPredicate;

/**
 * The way of frames to something of the host's and back. None of the methods waits, but for {@link #await}. Used by the
 * thread that serves the channel, but where another is named; a link whose method throws is of no use any more.
 */
interface FrameLink {
    /** What {@link #receive} says if there is nothing now. */
    int NOTHING = -1;

    /** What it says if there was a frame that is of no use: it is gone. */
    int PASSED_OVER = 0;

    /** Whether all that one packet of a guest can carry has room now. */
    boolean hasRoom();

    /**
     * Sends a frame, or takes it along until {@link #flush}; not without {@link #hasRoom} for the packet.
     *
     * @param frame whose bytes are the guest's again when this returns; it is not what it was then
     */
    void send(Frame frame) throws IOException;

    /** Sends what was taken along, as far as that can be done now. */
    void flush() throws IOException;

    /** Whether something is left that {@link #flush} could not send. */
    boolean isBehind();

    /**
     * Takes the next frame.
     *
     * @param into where it goes; one that is longer is passed over
     * @param wants whether a frame to this address is wanted at all
     * @return how many bytes it has, or one of the constants
     * @throws IOException if there will never be another one
     */
    int receive(Pieces into, LongPredicate wants) throws IOException;

    /** Waits until there is something to receive, or with {@code wantsRoom} until something can be sent. One thread. */
    void await(boolean wantsFrames, boolean wantsRoom) throws IOException;

    /** Ends one {@link #await}. Any thread. */
    void wake();

    /** What a successor goes on with in this process, of types of the JDK. This one may still be used if that fails. */
    Map<String, Object> handOver();

    /** Ends it; not while another thread is in {@link #await}. */
    void close();

    /** Ends what this has of its own, and leaves what was handed over. */
    void leave();
}
