package hv.runtime;

import hv.api.enlightenment.Attachment;
import hv.api.enlightenment.VirtualProcessor;
import hv.api.enlightenment.VpAttachment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The run time counters of one partition. What a successor is handed over is where the host's counts stood when the
 * state was saved: VPs run on while the place is vacant, and that time counts too, unless the guest is saved meanwhile
 * and goes on elsewhere.
 */
final class RunTime implements Attachment {
    private static final String SAVED = "saved";
    private static final String HOST = "host";

    private final List<RunTimeCounter> counters = new ArrayList<>();

    @Override
    public VpAttachment addVp(VirtualProcessor vp) {
        RunTimeCounter counter = new RunTimeCounter(vp);
        counters.add(counter);
        return counter;
    }

    @Override
    public Map<String, Object> handOver() {
        return Map.of(
                SAVED, counters.stream().map(RunTimeCounter::saved100ns).toList(),
                HOST, counters.stream().map(RunTimeCounter::hostWhenSaved100ns).toList());
    }

    @Override
    public void takeOver(Map<String, Object> handedOver) {
        if (handedOver.get(SAVED) instanceof List<?> saved && handedOver.get(HOST) instanceof List<?> host) {
            for (int vp = 0; vp < Math.min(Math.min(saved.size(), host.size()), counters.size()); vp++) {
                if (saved.get(vp) instanceof Long then && host.get(vp) instanceof Long hostThen) {
                    counters.get(vp).goOn(then, hostThen);
                }
            }
        }
    }
}
