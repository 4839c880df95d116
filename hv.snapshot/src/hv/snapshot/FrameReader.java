package hv.snapshot;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Reads the frames of a file one after the other and checks all that can be checked of a frame as such: its kind, its
 * number, its length against the kind's bound and against what is left of the file, its checksum; at the end the
 * checksum over all. Used by one thread.
 */
final class FrameReader {
    private final InputStream in;
    private final long fileBytes;
    private final CRC32C list = new CRC32C();
    private final byte[] frameHeader = new byte[FrameWriter.FRAME_HEADER_BYTES];
    private final byte[] memoryPayload = new byte[Bounds.MEMORY_FRAME_BYTES];
    private long position;
    private int frames;
    private FrameKind last = FrameKind.HEADER;

    /**
     * A frame; its payload is valid until the next one is read.
     *
     * @param kind what it holds
     * @param name what messages call it
     * @param payload the first {@code length} bytes
     * @param length how many
     */
    record Frame(FrameKind kind, String name, byte[] payload, int length) {
        ByteReader reader() {
            return new ByteReader(payload, length);
        }

        FormatException refuse(String why) {
            return new FormatException(name + ": " + why);
        }
    }

    FrameReader(InputStream in, long fileBytes) {
        this.in = in;
        this.fileBytes = fileBytes;
    }

    /** Checks what the file begins with. */
    void preface() throws IOException, FormatException {
        byte[] preface = new byte[FrameWriter.PREFACE_BYTES];
        if (fileBytes < preface.length) {
            throw new FormatException("it is no snapshot: shorter than any");
        }
        read(preface, preface.length, "its start");
        if (!Arrays.equals(FrameWriter.MAGIC, Arrays.copyOf(preface, FrameWriter.MAGIC.length))) {
            throw new FormatException("it is no snapshot: it does not begin as one");
        }
        int version = little(preface).getInt(FrameWriter.MAGIC.length);
        if (version != FrameWriter.FORMAT_VERSION) {
            throw new FormatException("its format version is %d, known is %d"
                    .formatted(Integer.toUnsignedLong(version), FrameWriter.FORMAT_VERSION));
        }
        list.update(preface);
    }

    /** The next frame; the last one is the end mark, behind which there is nothing. */
    Frame next() throws IOException, FormatException {
        String number = "section " + frames;
        if (fileBytes - position < FrameWriter.FRAME_HEADER_BYTES + FrameWriter.CHECKSUM_BYTES) {
            throw new FormatException(number + ": the file ends before it, and has no end mark");
        }
        long start = position;
        read(frameHeader, frameHeader.length, number);
        ByteBuffer header = little(frameHeader);
        FrameKind kind = FrameKind.of(header.getInt());
        int ordinal = header.getInt();
        int length = header.getInt();
        if (kind == null) {
            throw new FormatException(number + ": its kind is not known");
        }
        String name = "%s (%s)".formatted(number, kind.title());
        long left = fileBytes - position - FrameWriter.CHECKSUM_BYTES;
        if (length < 0 || length > kind.mostBytes() || length > left) {
            throw new FormatException("%s: its length is %d, at most %d is possible"
                    .formatted(name, Integer.toUnsignedLong(length), Math.min(left, kind.mostBytes())));
        }
        byte[] payload = kind == FrameKind.MEMORY ? memoryPayload : new byte[length];
        read(payload, length, name);
        Frame frame = new Frame(kind, kind.isState() ? name(number, kind, payload, length) : name, payload, length);
        checkSum(frame);
        checkPlace(frame, ordinal);
        if (kind == FrameKind.END) {
            checkEnd(frame, start);
        }
        frames++;
        last = kind;
        return frame;
    }

    private static String name(String number, FrameKind kind, byte[] payload, int length) {
        String claim = SectionCodec.claim(payload, length);
        return "%s (%s%s)".formatted(number, kind.title(), claim.isEmpty() ? "" : " of " + claim);
    }

    private void checkSum(Frame frame) throws IOException, FormatException {
        CRC32C checksum = new CRC32C();
        checksum.update(frameHeader);
        checksum.update(frame.payload(), 0, frame.length());
        byte[] trailer = new byte[FrameWriter.CHECKSUM_BYTES];
        read(trailer, trailer.length, frame.name());
        if (little(trailer).getInt() != (int) checksum.getValue()) {
            throw frame.refuse("its checksum is wrong: the file is damaged");
        }
        if (frame.kind() != FrameKind.END) {
            list.update(trailer);
        }
    }

    private void checkPlace(Frame frame, int ordinal) throws FormatException {
        if (ordinal != frames) {
            throw frame.refuse("it is number %d: sections are missing, doubled or in another order"
                    .formatted(Integer.toUnsignedLong(ordinal)));
        }
        boolean isFirst = frames == 0;
        boolean isHeader = frame.kind() == FrameKind.HEADER;
        if (isFirst != isHeader || frame.kind().compareTo(last) < 0) {
            throw frame.refuse("such a section does not belong here");
        }
    }

    private void checkEnd(Frame frame, long start) throws FormatException {
        ByteReader end = frame.reader();
        if (end.u32() != frames || end.u64() != start || end.u32() != (int) list.getValue()) {
            throw frame.refuse("its sections are not those that were written");
        }
        end.finish();
        if (position != fileBytes) {
            throw frame.refuse("there is something behind it");
        }
    }

    /** Stands for the whole file, once the end mark has been read. */
    long checksum() {
        return list.getValue();
    }

    private void read(byte[] to, int length, String what) throws IOException, FormatException {
        if (in.readNBytes(to, 0, length) != length) {
            throw new FormatException(what + ": the file has become shorter");
        }
        position += length;
    }

    private static ByteBuffer little(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(java.nio.ByteOrder.LITTLE_ENDIAN);
    }
}
