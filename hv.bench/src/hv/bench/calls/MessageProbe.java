package hv.bench.calls;

import hv.api.enlightenment.Attachment;
import hv.api.enlightenment.Descriptor;
import hv.api.enlightenment.Enlightenment;
import hv.api.enlightenment.Partition;
import hv.api.enlightenment.Peer;
import hv.api.enlightenment.ProvidesEnlightenment;
import hv.api.enlightenment.RequiresEnlightenment;
import hv.api.enlightenment.VpAttachment;
import hv.api.synic.SintMessages;
import java.util.ArrayList;
import java.util.List;

/**
 * An enlightenment that offers nothing and only reaches, as timers do, the message slots of its VP: so that their
 * delivery can be measured alone. For one partition; used by one thread.
 */
@ProvidesEnlightenment("bench-probe")
@RequiresEnlightenment("synic")
final class MessageProbe implements Enlightenment {
    static final String FLAG = "hv-bench-probe";

    private static final Descriptor DESCRIPTOR = Descriptor.of(MessageProbe.class)
            .title("benchmark's probe", "gains nothing")
            .section("none")
            .build();

    private final List<Peer<SintMessages>> messages = new ArrayList<>();

    /** The slots of VP {@code vp}. */
    SintMessages messages(int vp) {
        return messages.get(vp).get();
    }

    @Override
    public Descriptor descriptor() {
        return DESCRIPTOR;
    }

    @Override
    public Attachment attach(Partition partition) {
        return vp -> {
            messages.add(vp.peer("synic", SintMessages.class));
            return VpAttachment.NOTHING;
        };
    }
}
