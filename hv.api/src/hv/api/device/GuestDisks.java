package hv.api.device;

import java.util.List;

/** The disks of a guest: what a storvsc device offers. Any thread. */
public interface GuestDisks {
    /**
     * A disk.
     *
     * @param lun its number on the controller, 0 to 63
     * @param source the file or the address of the server that keeps it
     * @param serial what the guest is told as its serial number
     * @param bytes its size; 0 while it has never been open
     * @param trouble what is wrong with it, in one line; empty if nothing is known to be
     * @param counts what was done
     */
    record Disk(int lun, String source, String serial, long bytes, boolean isReadOnly, String trouble, Counts counts) {}

    /**
     * What was done on a disk since it was attached, versions that followed one another taken together.
     *
     * @param inFlight what the guest waits for at this moment
     */
    record Counts(
            long reads,
            long readBytes,
            long writes,
            long writtenBytes,
            long flushes,
            long discards,
            long errors,
            int inFlight) {}

    /** The disks, in the order of their numbers. */
    List<Disk> disks();

    /**
     * Plugs a disk in; the guest looks for it.
     *
     * @param disk as {@code ./hv run --disk} takes it
     * @return its number
     * @throws IllegalArgumentException if it cannot be, in one line that says why or what to write instead
     */
    int attach(String disk);

    /**
     * Pulls a disk out: what the guest has asked of it already is done, and then it fails.
     *
     * @throws IllegalArgumentException if there is none with this number
     */
    void detach(int lun);

    /**
     * Changes the size of a disk, and tells the guest.
     *
     * @param bytes a multiple of 512; 0 for the size that its file or its server says it has now
     * @return how large it is
     * @throws IllegalArgumentException if there is none with this number, or no disk has this size
     * @throws IllegalStateException if it cannot be changed, in one line that says why
     */
    long resize(int lun, long bytes);
}
