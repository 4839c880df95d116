package hv.flags;

/** What becomes of Hyper-V flags because of what stands around them. */
public enum Effect {
    /** The VMM judges them and the guest finds them, as far as the text tells. */
    FULL,
    /** The VMM judges them, but the guest is told that it has no hypervisor and does not look for them. */
    UNSEEN,
    /** The VMM knows the names and does nothing with them: without KVM nobody serves them. */
    NONE
}
