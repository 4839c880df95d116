package hv.replay;

import hv.replay.Expected.Bytes;
import hv.replay.Expected.Counts;
import hv.replay.Expected.Result;
import hv.replay.Expected.Value;
import hv.replay.Operation.Eoi;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Makes operations of lines. Where a line has an answer of a newer kernel beside the recorded one, the newer one
 * counts. What would go outside the guest (a VP or memory that it does not have) is refused here, so that a replay need
 * not look again. Immutable.
 */
final class OperationParser {
    private static final String NEWER_KERNEL = "linux-6.12";
    private static final String DEADLINE = "ref+";
    private static final int MAX_SLEEP_MILLIS = 3_600_000;
    private static final int MAX_BYTES = 1 << 16;
    private static final int XMM_DIGITS = 32;

    private final VectorHeader header;

    OperationParser(VectorHeader header) {
        this.header = header;
    }

    Operation operation(String line) throws BadLineException {
        Fields fields = Fields.parse(line).overlaidBy("alt", NEWER_KERNEL);
        String op = fields.text("op");
        return switch (op) {
            case "rdmsr" -> readMsr(fields);
            case "wrmsr" -> writeMsr(fields);
            case "cpuid" -> cpuid(fields);
            case "hypercall" -> hypercall(fields);
            case "poke" -> poke(fields);
            case "peek" -> peek(fields);
            case "interrupts" -> interrupts(fields);
            case "sleep" -> new Operation.Sleep(fields.integer("ms", 0, MAX_SLEEP_MILLIS));
            default ->
                throw new BadLineException("\"op\" is '" + op
                        + "', not one of rdmsr, wrmsr, cpuid, hypercall, poke, peek, interrupts, sleep");
        };
    }

    private int vp(Fields fields) throws BadLineException {
        return fields.integer("vp", 0, header.vps() - 1);
    }

    private static Value valueIfOk(Fields fields, Result result, String name) throws BadLineException {
        return result == Result.OK ? Value.of(fields, name) : Value.ANY;
    }

    private Operation readMsr(Fields fields) throws BadLineException {
        Result result = Result.of(fields.text("result"));
        return new Operation.ReadMsr(vp(fields), fields.number32("msr"), result, valueIfOk(fields, result, "value"));
    }

    private Operation writeMsr(Fields fields) throws BadLineException {
        Optional<String> deadline = fields.optionalText("value").filter(text -> text.startsWith(DEADLINE));
        long value = deadline.isPresent()
                ? Fields.number("value", deadline.get().substring(DEADLINE.length()))
                : fields.number("value");
        return new Operation.WriteMsr(
                vp(fields),
                fields.number32("msr"),
                deadline.isPresent(),
                value,
                Result.of(fields.text("result")),
                fields.optionalText("event"));
    }

    private Operation cpuid(Fields fields) throws BadLineException {
        return new Operation.Cpuid(
                vp(fields),
                fields.number32("leaf"),
                fields.has("subleaf") ? fields.number32("subleaf") : 0,
                Value.of(fields, "eax"),
                Value.of(fields, "ebx"),
                Value.of(fields, "ecx"),
                Value.of(fields, "edx"));
    }

    private Operation hypercall(Fields fields) throws BadLineException {
        Result result = Result.of(fields.text("result"));
        return new Operation.Hypercall(
                new CallRegisters(
                        fields.number("control"), fields.number("in"), fields.number("out"), xmm(fields.texts("xmm"))),
                vp(fields),
                fields.has("via") ? Optional.of(fields.number("via")) : Optional.empty(),
                result,
                valueIfOk(fields, result, "rax"));
    }

    private static long[] xmm(List<String> registers) throws BadLineException {
        long[] halves = new long[2 * CallRegisters.XMM_REGISTERS];
        if (registers.size() > CallRegisters.XMM_REGISTERS) {
            throw new BadLineException("\"xmm\" has more than XMM0 to XMM5");
        }
        for (int i = 0; i < registers.size(); i++) {
            String text = registers.get(i);
            String digits = text.startsWith("0x") ? text.substring(2) : "";
            if (digits.isEmpty() || digits.length() > XMM_DIGITS || !digits.matches("[0-9a-fA-F]*")) {
                throw new BadLineException("\"xmm\" has '%s', not a number of 128 bits as 0x1f".formatted(text));
            }
            String all = "0".repeat(XMM_DIGITS - digits.length()) + digits;
            halves[2 * i] = Long.parseUnsignedLong(all, XMM_DIGITS / 2, XMM_DIGITS, 16);
            halves[2 * i + 1] = Long.parseUnsignedLong(all, 0, XMM_DIGITS / 2, 16);
        }
        return halves;
    }

    private long inRam(long gpa, int length) throws BadLineException {
        if (gpa < 0 || length > header.memoryBytes() || gpa > header.memoryBytes() - length) {
            throw new BadLineException(
                    "%d bytes at %s are not all in the guest's memory".formatted(length, Expected.hex(gpa)));
        }
        return gpa;
    }

    private Operation poke(Fields fields) throws BadLineException {
        byte[] bytes = bytes(fields).exact();
        return new Operation.Poke(inRam(fields.number("gpa"), bytes.length), bytes);
    }

    private Operation peek(Fields fields) throws BadLineException {
        Bytes bytes = bytes(fields);
        return new Operation.Peek(inRam(fields.number("gpa"), bytes.length()), bytes);
    }

    private static Bytes bytes(Fields fields) throws BadLineException {
        Bytes bytes = Bytes.of(fields.text("bytes"));
        if (bytes.length() > MAX_BYTES) {
            throw new BadLineException("\"bytes\" has more than " + MAX_BYTES);
        }
        return bytes;
    }

    private Operation interrupts(Fields fields) throws BadLineException {
        String eoi = fields.optionalText("eoi").orElse("");
        Eoi how = switch (eoi) {
            case "" -> Eoi.APIC;
            case "msr" -> Eoi.MSR;
            case "none" -> Eoi.NONE;
            case "assist" -> Eoi.ASSIST;
            default -> throw new BadLineException("\"eoi\" is '%s', not msr, none or assist".formatted(eoi));
        };
        long assist = how == Eoi.ASSIST ? inRam(fields.number("assist"), Integer.BYTES) : 0;
        if (assist % Integer.BYTES != 0) {
            throw new BadLineException("\"assist\" is not a multiple of 4");
        }
        return new Operation.Interrupts(vp(fields), how, assist, counts(fields));
    }

    private static Counts counts(Fields fields) throws BadLineException {
        if (!fields.isObject("counts") && fields.text("counts").equals(Expected.ANYTHING)) {
            return new Counts(true, new TreeMap<>());
        }
        SortedMap<Integer, Value> byVector = new TreeMap<>();
        for (Map.Entry<String, Object> entry : fields.entries("counts").entrySet()) {
            long vector = Fields.number("counts", entry.getKey());
            if (vector < 0 || vector > 255) {
                throw new BadLineException("\"counts\" has '" + entry.getKey() + "', not a vector from 0x0 to 0xff");
            }
            Value count = Expected.ANYTHING.equals(entry.getValue())
                    ? Value.ANY
                    : new Value(false, Fields.number("counts", entry.getValue()));
            byVector.put((int) vector, count);
        }
        return new Counts(false, byVector);
    }
}
