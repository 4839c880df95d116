package hv.devices;

import hv.api.StateException;
import hv.api.machine.SectionReader;
import hv.api.vmbus.ChannelOffer;
import hv.api.vmbus.DeviceKind;
import hv.api.vmbus.DeviceSite;
import hv.api.vmbus.VmbusDevice;
import hv.devices.Deployed.Version;
import java.util.List;

/**
 * Has kinds make devices, for a limited time, and checks what was asked for. Any thread.
 *
 * @param kinds those that are deployed
 * @param workers on whose threads they are made
 */
record DeviceMaker(Deployed<DeviceKind> kinds, WorkerThreads workers) {
    private static final long CODE_SECONDS = 5;

    private Version<DeviceKind> version(String kind) {
        return kinds.newest(kind)
                .orElseThrow(() -> new IllegalArgumentException("there is no kind of device '%s' here, but: %s"
                        .formatted(
                                Printable.of(kind),
                                String.join(
                                        ", ",
                                        kinds.all().stream()
                                                .map(Version::id)
                                                .distinct()
                                                .toList()))));
    }

    /**
     * A place with the newest version of a kind in it.
     *
     * @throws IllegalArgumentException if there is no such kind, or it refuses the options
     */
    DevicePlace place(DeviceSite site, String kind) {
        Version<DeviceKind> version = version(kind);
        List<String> unknown = site.options().keySet().stream()
                .filter(option -> !version.about().options().containsKey(option))
                .sorted()
                .toList();
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("a device of kind %s has no option '%s', but: %s"
                    .formatted(
                            version.id(),
                            Printable.of(unknown.get(0)),
                            String.join(
                                    ", ",
                                    version.about().options().keySet().stream()
                                            .sorted()
                                            .toList())));
        }
        try {
            return new DevicePlace(site, version, made(version, site), workers);
        } catch (RefusedException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /**
     * A device that has just been made, and what it offers the guest: asked once.
     *
     * @param device nobody has called it since
     */
    record Made(VmbusDevice device, ChannelOffer offer) {}

    /** A device of one version for a site. */
    Made made(Version<DeviceKind> version, DeviceSite site) throws RefusedException {
        return workers.limited(site.name() + " is not made", CODE_SECONDS, () -> {
            VmbusDevice device = version.service().create(site);
            return new Made(device, device.offer());
        });
    }

    /** What a user is told who wants to put something in a place that is not deployed. */
    static IllegalArgumentException none(String name, String origin) {
        return new IllegalArgumentException(
                origin.isEmpty()
                        ? "nothing is deployed that could take the place of " + name
                        : "nothing called '%s' is deployed for %s".formatted(Printable.of(origin), name));
    }

    /** Another place of the same name and kind, whose device has what was saved. */
    DevicePlace restored(DevicePlace place, SectionReader section) throws StateException {
        Version<DeviceKind> version = kinds.newest(place.kind())
                .orElseThrow(() -> section.bad("no bundle is there that makes a " + place.kind()));
        try {
            DevicePlace fresh = new DevicePlace(place.site(), version, made(version, place.site()), workers);
            fresh.restore(section);
            return fresh;
        } catch (RefusedException e) {
            throw section.bad(e.getMessage());
        }
    }
}
