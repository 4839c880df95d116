package hv.evmcs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.nested.EvmcsField;
import hv.api.nested.Vmcs;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The private copy: typed access by name and by encoding. */
class VmcsTest {
    private final Vmcs vmcs = new Vmcs();

    @Test
    @DisplayName("every field keeps its own value, zero-extended, cut to its size")
    void fieldsAreIndependent() {
        Random random = new Random(4711);
        Map<EvmcsField, Long> model = new EnumMap<>(EvmcsField.class);
        for (int i = 0; i < 5_000; i++) {
            EvmcsField field = EvmcsField.values()[random.nextInt(EvmcsField.values().length)];
            long value = random.nextLong();
            if (field.encoding() != EvmcsField.NO_ENCODING && random.nextBoolean()) {
                assertTrue(vmcs.set(field.encoding(), value));
            } else {
                vmcs.set(field, value);
            }
            model.put(field, field.bytes() > 8 || field.bytes() == 6 ? 0 : value & -1L >>> 64 - 8 * field.bytes());
        }
        model.forEach((field, value) -> {
            assertEquals(value, vmcs.get(field), field.name());
            if (field.encoding() != EvmcsField.NO_ENCODING) {
                assertEquals(value, vmcs.get(field.encoding()), field.name());
            }
        });
    }

    @Test
    @DisplayName(
            "encodings that the layout has not (Intel SDM: posted-interrupt vector, PML address, PLE gap ...) are refused")
    void unknownEncodings() {
        for (int encoding : new int[] {
            0x0002,
            0x0810,
            0x0812,
            0x200E,
            0x2014,
            0x2016,
            0x2018,
            0x201C,
            0x201E,
            0x2020,
            0x2022,
            0x2024,
            0x2026,
            0x2028,
            0x4020,
            0x4022,
            0x482E,
            0x2814,
            0x2011,
            -1,
            Integer.MIN_VALUE,
            Integer.MAX_VALUE
        }) {
            assertFalse(vmcs.set(encoding, 1), "0x%x".formatted(encoding));
            assertEquals(0, vmcs.get(encoding));
        }
    }
}
