package hv.fuzz.storm;

import hv.api.HvStatus;
import hv.api.synic.SynicPorts;

/** Host-side code that posts messages, signals events, connects and disconnects. */
final class Posting extends Worker {
    private static final int MOST_IDS = 8;

    private final SynicPorts ports;

    Posting(Weather weather, long seed) {
        super(weather, seed);
        ports = weather.partition().service("synic", SynicPorts.class).orElseThrow();
    }

    @Override
    void once() {
        try {
            use(choices.below(MOST_IDS), choices.below(weather.partition().vpCount()), choices.below(16));
            weather.did(Storm.POSTS);
        } catch (IllegalStateException e) {
            weather.did("refused by a vacant place"); // or the connection is there already
        }
        if (choices.below(32) == 0) {
            Weather.rest(choices, 200);
        }
    }

    private void use(int id, int vp, int sint) {
        switch (choices.below(8)) {
            case 0 -> ports.connect(id, (connection, type, payload, length) -> answer(sint));
            case 1 -> ports.connect(id, connection -> HvStatus.SUCCESS);
            case 2 -> ports.disconnectMessages(id);
            case 3 -> ports.disconnectEvents(id);
            case 4 -> ports.signalEvent(vp, sint, choices.below(2048));
            case 5 -> ports.raise(vp, sint);
            default -> ports.postMessage(vp, sint, 1, new byte[choices.below(241)], () -> weather.did("delivered"));
        }
    }

    /** A message of the guest is answered by one, on the VP's thread. */
    private int answer(int sint) {
        return ports.postMessage(0, sint, 1, new byte[8], () -> weather.did("delivered"));
    }
}
