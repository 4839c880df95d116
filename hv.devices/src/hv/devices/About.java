package hv.devices;

import hv.api.vmbus.DeviceKind;
import hv.api.vmbus.VmbusProvider;
import java.util.Map;

/**
 * What a kind of device or a bus says of itself, which never changes: asked once, when it comes, so that nobody has to
 * reckon later with what its code might throw. Immutable.
 *
 * @param id what it is a version of
 * @param stateVersion of what is saved
 * @param title for people
 * @param options what may be said when one is made, by name
 */
record About(String id, int stateVersion, String title, Map<String, String> options) {
    static About of(DeviceKind kind) throws RefusedException {
        try {
            return new About(kind.id(), kind.stateVersion(), kind.title(), Map.copyOf(kind.options()));
        } catch (Throwable e) {
            throw refused(e);
        }
    }

    static About of(VmbusProvider provider) throws RefusedException {
        try {
            return new About(BusPlace.ID, provider.stateVersion(), "", Map.of());
        } catch (Throwable e) {
            throw refused(e);
        }
    }

    private static RefusedException refused(Throwable thrown) {
        return new RefusedException("it does not say what it is: " + thrown, thrown);
    }
}
