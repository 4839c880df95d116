package hv.api.enlightenment;

import org.osgi.annotation.versioning.ProviderType;

/** Receives the state of one attachment, by name. Given by the partition; used during one save call only. */
@ProviderType
public interface StateWriter {
    /** A register or counter. Names are the TLFS's where it has one; each at most once. */
    void put(String name, long value);

    /** Bytes, at most 64 KiB; copied. */
    void put(String name, byte[] bytes);
}
