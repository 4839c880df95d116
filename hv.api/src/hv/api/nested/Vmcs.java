package hv.api.nested;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.osgi.annotation.versioning.ProviderType;

/**
 * L0's private copy of what L1 says about L2: the fields of an enlightened VMCS, typed, by name or by VMCS encoding.
 *
 * <p>The copy lies in memory as the page does, so that a whole group of fields is taken over or written back at once.
 * Nothing L1 does changes it but an entry. Given by {@link EnlightenedVmcs#vmcs}; used on the VP's thread; neither
 * method allocates.
 */
@ProviderType
public final class Vmcs {
    /** EnlightenmentsControl bit 0: L1 lets L0 carry out L2's flush calls. */
    public static final int NESTED_FLUSH_VIRTUAL_HYPERCALL = 1;

    /** EnlightenmentsControl bit 1: L1 keeps the clean bit of its MSR bitmap. */
    public static final int ENLIGHTENED_MSR_BITMAP = 1 << 1;

    private static final VarHandle SHORT = view(short[].class);
    private static final VarHandle INT = view(int[].class);
    private static final VarHandle LONG = view(long[].class);

    /**
     * An encoding has its width in bits 14:13, its type in 11:10, its index in 9:1; the fields here have indexes below
     * 32.
     */
    private static final int ENCODING_BITS = 0x6FFE;

    private static final int INDEXES = 32;
    private static final EvmcsField[] BY_ENCODING = byEncoding();

    private final byte[] image = new byte[EvmcsField.LAYOUT_BYTES];

    public Vmcs() {}

    /**
     * The field that an encoding stands for.
     *
     * @param encoding any value, as a guest's VMREAD may give it
     * @return null if the layout has no such field; the high halves of 64-bit fields have no encoding of their own
     *     here, as in KVM
     */
    public static EvmcsField field(int encoding) {
        int index = encoding >>> 1 & 0x1FF;
        return (encoding & ~ENCODING_BITS) == 0 && index < INDEXES ? BY_ENCODING[place(encoding)] : null;
    }

    /** The value of a field, zero-extended; 0 for a reserved area. */
    public long get(EvmcsField field) {
        return switch (field.bytes()) {
            case 2 -> (short) SHORT.get(image, field.offset()) & 0xFFFFL;
            case 4 -> (int) INT.get(image, field.offset()) & 0xFFFF_FFFFL;
            case 8 -> (long) LONG.get(image, field.offset());
            default -> 0;
        };
    }

    /** Sets a field to as many low bits of {@code value} as it has; nothing for a reserved area. */
    public void set(EvmcsField field, long value) {
        switch (field.bytes()) {
            case 2 -> SHORT.set(image, field.offset(), (short) value);
            case 4 -> INT.set(image, field.offset(), (int) value);
            case 8 -> LONG.set(image, field.offset(), value);
            default -> {
                // A reserved area has no value.
            }
        }
    }

    /** As {@link #get(EvmcsField)}, by VMCS encoding; 0 if there is no such field. */
    public long get(int encoding) {
        EvmcsField field = field(encoding);
        return field == null ? 0 : get(field);
    }

    /** As {@link #set(EvmcsField, long)}, by VMCS encoding; false if there is no such field. */
    public boolean set(int encoding, long value) {
        EvmcsField field = field(encoding);
        if (field == null) {
            return false;
        }
        set(field, value);
        return true;
    }

    /** The bytes themselves, laid out as the page. */
    public byte[] image() {
        return image;
    }

    public void clear() {
        Arrays.fill(image, (byte) 0);
    }

    private static int place(int encoding) {
        int widthAndType = (encoding >>> 13 & 3) << 2 | encoding >>> 10 & 3;
        return widthAndType * INDEXES + (encoding >>> 1 & INDEXES - 1);
    }

    private static EvmcsField[] byEncoding() {
        EvmcsField[] fields = new EvmcsField[16 * INDEXES];
        for (EvmcsField field : EvmcsField.values()) {
            if (field.encoding() != EvmcsField.NO_ENCODING) {
                fields[place(field.encoding())] = field;
            }
        }
        return fields;
    }

    private static VarHandle view(Class<?> type) {
        return MethodHandles.byteArrayViewVarHandle(type, ByteOrder.LITTLE_ENDIAN);
    }
}
