package hv.partition.failure;

/** What code of a bundle or of an embedder is called for. */
public enum Callback {
    DESCRIPTOR("telling what it is"),
    CHECK("checking flags"),
    CPUID("giving its CPUID bits"),
    ATTACH("attaching"),
    ADD_VP("adding a VP"),
    HANDLERS("giving its handlers"),
    READ_MSR("reading an MSR"),
    WRITE_MSR("writing an MSR"),
    HYPERCALL("a hypercall"),
    DOORBELL("answering a doorbell"),
    ALARM("answering an alarm"),
    END_OF_INTERRUPT("an end of interrupt"),
    ACKNOWLEDGED("being told of an acknowledgement"),
    PEER("a call by another enlightenment"),
    SAVE("saving its state"),
    RESTORE("restoring its state"),
    HAND_OVER("handing over"),
    TAKE_OVER("taking over"),
    RESET("reset"),
    CLOSE("closing"),
    CLOCK("being told of a change of the clock"),
    RETURNED("being told that another one is back"),
    SERVICE("a call by host-side code"),
    RECEIVE("receiving from the guest"),
    TASK("a task"),
    POWER("being told of a reset or a crash"),
    NEWS("being told what happens to a partition"),
    KICK("kicking a VP"),
    TIME("telling the time"),
    SUCCESSION("being replaced"),
    SAFE_POINT("leaving a VP's thread"),
    THREAD("giving a thread");

    private final String text;

    Callback(String text) {
        this.text = text;
    }

    /** For people; goes after "failed in" and after "does not come back from". */
    @Override
    public String toString() {
        return text;
    }
}
