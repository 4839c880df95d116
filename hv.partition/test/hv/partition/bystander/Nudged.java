package hv.partition.bystander;

/** Wants to hear of each write to the bystander's register. On the VP's thread. */
public interface Nudged {
    /** There was one. */
    void nudged();
}
