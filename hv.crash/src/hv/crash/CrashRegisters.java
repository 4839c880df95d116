package hv.crash;

import hv.api.CrashReport;
import hv.api.PowerEvent;
import hv.api.StateException;
import hv.api.enlightenment.Attachment;
import hv.api.enlightenment.MsrHandler;
import hv.api.enlightenment.Partition;
import hv.api.enlightenment.StateReader;
import hv.api.enlightenment.StateWriter;
import hv.api.enlightenment.VirtualProcessor;
import hv.api.enlightenment.VpAttachment;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The crash registers of one partition, shared by its VPs. Reads and writes are single volatile accesses; a report
 * reads the five one after the other, so a VP that reports while another writes gets a mixture, as on KVM.
 */
final class CrashRegisters implements Attachment {
    private static final int PARAMETERS = 5;
    private static final long CRASH_NOTIFY = 1L << 63;
    private static final long CRASH_MESSAGE = 1L << 62;

    private final Partition partition;
    private final AtomicLongArray parameters = new AtomicLongArray(PARAMETERS);

    CrashRegisters(Partition partition) {
        this.partition = partition;
    }

    @Override
    public VpAttachment addVp(VirtualProcessor vp) {
        MsrHandler parameter = new MsrHandler() {
            @Override
            public long read(int msr) {
                return parameters.get(msr - Crash.HV_X64_MSR_CRASH_P0);
            }

            @Override
            public void write(int msr, long value) {
                parameters.set(msr - Crash.HV_X64_MSR_CRASH_P0, value);
            }
        };
        MsrHandler control = new MsrHandler() {
            @Override
            public long read(int msr) {
                return CRASH_NOTIFY;
            }

            @Override
            public void write(int msr, long value) {
                if ((value & CRASH_NOTIFY) != 0) {
                    String message = (value & CRASH_MESSAGE) == 0 ? "" : message(parameters.get(3), parameters.get(4));
                    partition.raise(new PowerEvent.Crash(report(vp.index(), message)));
                }
            }
        };
        return new VpAttachment() {
            @Override
            public MsrHandler msr(int msr) {
                return msr == Crash.HV_X64_MSR_CRASH_CTL ? control : parameter;
            }
        };
    }

    /**
     * The text at {@code gpa}, up to a NUL, safe to print: what is not printable ASCII, tab or line end becomes a
     * question mark.
     */
    private String message(long gpa, long bytes) {
        if (bytes < 1
                || bytes > CrashReport.MOST_MESSAGE_BYTES
                || !partition.memory().isRam(gpa, bytes)) {
            return "";
        }
        byte[] text = new byte[(int) bytes];
        partition.memory().read(gpa, text, 0, text.length);
        String whole = new String(text, StandardCharsets.ISO_8859_1);
        int end = whole.indexOf(0);
        return (end < 0 ? whole : whole.substring(0, end)).strip().replaceAll("[^\\x20-\\x7E\\t\\n]", "?");
    }

    private CrashReport report(int vp, String message) {
        return new CrashReport(
                partition.id(),
                vp,
                parameters.get(0),
                parameters.get(1),
                parameters.get(2),
                parameters.get(3),
                parameters.get(4),
                Instant.now(),
                message);
    }

    @Override
    public void save(StateWriter out) {
        for (int i = 0; i < PARAMETERS; i++) {
            out.put(name(i), parameters.get(i));
        }
    }

    @Override
    public void restore(StateReader in) throws StateException {
        long[] saved = new long[PARAMETERS];
        for (int i = 0; i < PARAMETERS; i++) {
            saved[i] = in.get(name(i));
        }
        for (int i = 0; i < PARAMETERS; i++) {
            parameters.set(i, saved[i]);
        }
    }

    @Override
    public void reset() {
        for (int i = 0; i < PARAMETERS; i++) {
            parameters.set(i, 0);
        }
    }

    private static String name(int parameter) {
        return "HV_X64_MSR_CRASH_P" + parameter;
    }
}
