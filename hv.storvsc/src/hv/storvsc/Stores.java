package hv.storvsc;

import java.io.IOException;
import java.util.Map;

/** Opens what keeps the bytes of a disk, as its text says. No state. */
final class Stores {
    private Stores() {}

    /**
     * Opens it; by a thread that may wait.
     *
     * @throws StoreAwayException if it may work later
     * @throws IOException if it cannot be opened; one line that says why
     */
    static Store open(DiskText text) throws IOException {
        if (text.isServed()) {
            return NbdStore.open(NbdAddress.parse(text.source()), text.isReadOnly());
        }
        return text.format().equals(DiskText.RAW) ? RawStore.open(text) : QemuNbd.open(text);
    }

    /** Goes on with what a predecessor has handed over; null if that is not there any more. Does not wait. */
    static Store taken(DiskText text, Map<String, Object> given) throws IOException {
        if (text.isServed()) {
            return NbdStore.taken(NbdAddress.parse(text.source()), text.isReadOnly(), given);
        }
        return text.format().equals(DiskText.RAW) ? RawStore.taken(text, given) : QemuNbd.taken(text, given);
    }
}
