package hv.flags;

import static org.junit.jupiter.api.Assertions.assertEquals;

import hv.api.Problem;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VmbusBridgeTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "-cpu host,hv-vpindex -device vmbus-bridge|GUEST_MISBEHAVES|hv-synic",
                "-cpu host,hv-relaxed -device vmbus-bridge,irq=15|GUEST_MISBEHAVES|hv-vpindex,hv-synic",
                "-cpu host,hv-relaxed -device driver=vmbus-bridge|GUEST_MISBEHAVES|hv-vpindex,hv-synic",
                "-cpu host,hv-relaxed -device '{\"driver\": \"vmbus-bridge\"}'|GUEST_MISBEHAVES|hv-vpindex,hv-synic",
                "-cpu host,hv-vpindex,hv-synic -device vmbus-bridge|NOTE|''",
                "-cpu host,hv-vpindex,hv-synic -device vmbus-bridge -device vmbus-bridge|WILL_NOT_START|''",
                "-cpu host,hv-vpindex,hv-synic -device hv-balloon,id=b|WILL_NOT_START|''",
                "-cpu host,hv-vpindex,hv-synic,hv-stimer,hv-vapic,hv-runtime,hv-time -device vmbus-bridge|none|''",
                "-cpu host,hv-passthrough -device vmbus-bridge -device hv-balloon|none|''",
                "-accel tcg -cpu max,hv-relaxed -device vmbus-bridge|none|''",
            })
    @DisplayName("QEMU's bus for Hyper-V's devices: one, with the flags that it needs, and in front of what is on it")
    void vmbusBridge(String line, String severity, String change) throws Exception {
        List<Problem> found = FlagText.of("qemu-kvm -m 4G " + line).problems().stream()
                .filter(problem -> problem.toString().contains("VMBus")
                        || problem.toString().contains("vmbus"))
                .sorted(Comparator.comparing(Problem::severity))
                .toList();
        assertEquals(
                severity, found.isEmpty() ? "none" : found.get(0).severity().name(), found.toString());
        assertEquals(
                change.equals("''") ? "" : change,
                found.isEmpty() ? "" : found.get(0).change());
    }
}
