package hv.api.nested;

/** What becomes of an eVMCS field, as KVM does it. */
public enum FieldUse {
    /** Taken over at entry. */
    ENTRY(true, false),
    /** Taken over at entry, written back at exit. */
    ENTRY_AND_EXIT(true, true),
    /** Written at exit; what L1 put there is not looked at. */
    EXIT(false, true),
    /** Not taken over and not written; VMREAD answers with what the page holds. */
    VMREAD(false, false),
    /** Neither taken over nor written, and no VMCS component for VMREAD. */
    UNUSED(false, false);

    private final boolean atEntry;
    private final boolean atExit;

    FieldUse(boolean atEntry, boolean atExit) {
        this.atEntry = atEntry;
        this.atExit = atExit;
    }

    /** Whether an entry takes the field from the page. */
    public boolean isAtEntry() {
        return atEntry;
    }

    /** Whether an exit writes the field to the page. */
    public boolean isAtExit() {
        return atExit;
    }
}
