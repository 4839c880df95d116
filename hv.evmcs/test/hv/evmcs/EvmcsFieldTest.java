package hv.evmcs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import hv.api.nested.CleanGroup;
import hv.api.nested.EvmcsField;
import hv.api.nested.FieldKind;
import hv.api.nested.FieldUse;
import hv.api.nested.Vmcs;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The layout against the published table, row by row. */
class EvmcsFieldTest {
    @ParameterizedTest(name = "{0}")
    @MethodSource("hv.evmcs.PublishedField#all")
    @DisplayName("TLFS HV_VMX_ENLIGHTENED_VMCS: offset, size, encoding and clean field group of each field")
    void fieldIsAsPublished(PublishedField row) {
        EvmcsField field = at(row.offset());
        assertEquals(row.bytes(), field.bytes());
        assertEquals(row.encoding(), field.encoding());
        CleanGroup group = row.group().isEmpty() ? CleanGroup.UNDEFINED : CleanGroup.valueOf(row.group());
        assertEquals(group, field.group());
        assertEquals(row.isUnmapped(), row.encoding() >= 0 && field.use() == FieldUse.UNUSED);
        if (row.isReadOnly()) {
            assertEquals(FieldKind.EXIT_INFORMATION, field.kind());
            assertFalse(field.use().isAtEntry());
        }
        assertEquals(row.isReserved(), field.kind() == FieldKind.RESERVED);
    }

    @Test
    @DisplayName("TLFS: the fields cover 1,024 bytes without gap or overlap, and are as many as published")
    void layoutIsDense() {
        int next = 0;
        for (EvmcsField field : EvmcsField.values()) {
            assertEquals(next, field.offset(), field.name());
            next += field.bytes();
        }
        assertEquals(1024, next);
        assertEquals(1024, EvmcsField.LAYOUT_BYTES);
        assertEquals(PublishedField.all().size(), EvmcsField.values().length);
    }

    @Test
    @DisplayName("Intel SDM: bits 14:13 of an encoding are its width, bits 11:10 its type")
    void encodingsAgreeWithSizeAndKind() {
        for (EvmcsField field : EvmcsField.values()) {
            if (field.encoding() == EvmcsField.NO_ENCODING) {
                continue;
            }
            int bytes = List.of(2, 8, 4, 8).get(field.encoding() >>> 13);
            FieldKind kind = List.of(FieldKind.CONTROL, FieldKind.EXIT_INFORMATION, FieldKind.GUEST, FieldKind.HOST)
                    .get(field.encoding() >>> 10 & 3);
            assertEquals(bytes, field.bytes(), field.name());
            assertEquals(kind, field.kind(), field.name());
            assertEquals(0, field.encoding() & 1, field.name());
        }
    }

    @Test
    @DisplayName("clean bits are 0 IO_BITMAP to 15 ENLIGHTENMENTSCONTROL (TLFS HV_VMX_ENLIGHTENED_CLEAN_FIELD_*)")
    void cleanBits() {
        List<String> bits = List.of(
                "IO_BITMAP",
                "MSR_BITMAP",
                "CONTROL_GRP2",
                "CONTROL_GRP1",
                "CONTROL_PROC",
                "CONTROL_EVENT",
                "CONTROL_ENTRY",
                "CONTROL_EXCPN",
                "CRDR",
                "CONTROL_XLAT",
                "GUEST_BASIC",
                "GUEST_GRP1",
                "GUEST_GRP2",
                "HOST_POINTER",
                "HOST_GRP1",
                "ENLIGHTENMENTSCONTROL");
        int all = 0;
        for (int bit = 0; bit < bits.size(); bit++) {
            assertEquals(1 << bit, CleanGroup.valueOf(bits.get(bit)).mask());
            all |= 1 << bit;
        }
        assertEquals(all, CleanGroup.ALL);
        assertEquals(0, CleanGroup.NONE.mask());
        assertEquals(0, CleanGroup.UNDEFINED.mask());
    }

    @Test
    @DisplayName("each encoding leads to its field, and no other 32-bit value leads anywhere")
    void encodingsAreUnique() {
        int found = 0;
        for (int encoding = 0; encoding < 0x2_0000; encoding++) {
            EvmcsField field = Vmcs.field(encoding);
            if (field != null) {
                assertEquals(encoding, field.encoding());
                found++;
            }
        }
        assertEquals(
                PublishedField.all().stream().filter(row -> row.encoding() >= 0).count(), found);
        for (EvmcsField field : EvmcsField.values()) {
            if (field.encoding() != EvmcsField.NO_ENCODING) {
                assertSame(field, Vmcs.field(field.encoding()));
                for (int bit : new int[] {0, 12, 15, 16, 30, 31}) {
                    assertNull(Vmcs.field(field.encoding() ^ 1 << bit));
                }
            }
        }
    }

    private static EvmcsField at(int offset) {
        for (EvmcsField field : EvmcsField.values()) {
            if (field.offset() == offset) {
                return field;
            }
        }
        throw new AssertionError("no field at 0x%x".formatted(offset));
    }
}
