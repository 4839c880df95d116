package hv.fuzz.vmbus;

import hv.api.StateException;
import hv.api.enlightenment.StateReader;
import hv.api.enlightenment.StateWriter;
import hv.fuzz.target.Choices;
import hv.fuzz.target.Finding;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What was saved, by name, to be given back or changed. One thread. */
final class Kept implements StateWriter, StateReader {
    private static final int MOST_BYTES = 64 << 10;

    private final Map<String, Long> values = new TreeMap<>();
    private final Map<String, byte[]> bytes = new TreeMap<>();
    private final int version;

    Kept(int version) {
        this.version = version;
    }

    /** A copy in which some values are others. */
    Kept damaged(Choices choices) {
        Kept copy = new Kept(version);
        copy.values.putAll(values);
        bytes.forEach((name, value) -> copy.bytes.put(name, value.clone()));
        List<String> names = new ArrayList<>(values.keySet());
        List<String> strings = new ArrayList<>(bytes.keySet());
        for (int i = choices.below(3); i >= 0; i--) {
            if (!strings.isEmpty() && choices.either()) {
                copy.damage(strings.get(choices.below(strings.size())), choices);
            } else if (!names.isEmpty()) {
                String name = names.get(choices.below(names.size()));
                switch (choices.below(4)) {
                    case 0 -> copy.values.remove(name);
                    case 1 -> copy.values.put(name, choices.any());
                    case 2 -> copy.values.put(name, (long) choices.below(16) - 1);
                    default -> copy.values.computeIfPresent(name, (key, value) -> value ^ choices.bit());
                }
            }
        }
        return copy;
    }

    private void damage(String name, Choices choices) {
        byte[] value = bytes.getOrDefault(name, new byte[0]);
        if (value.length == 0 || choices.oneIn(4)) {
            bytes.put(name, java.util.Arrays.copyOf(value, choices.below(2 * value.length + 16)));
        } else {
            value[choices.below(value.length)] = (byte) choices.below(256);
        }
    }

    @Override
    public void put(String name, long value) {
        if (values.put(name, value) != null) {
            throw new Finding(name + " is saved twice");
        }
    }

    @Override
    public void put(String name, byte[] value) {
        if (value.length > MOST_BYTES || bytes.put(name, value.clone()) != null) {
            throw new Finding("%s is saved twice, or is too long with %d bytes".formatted(name, value.length));
        }
    }

    @Override
    public int version() {
        return version;
    }

    @Override
    public long get(String name) throws StateException {
        Long value = values.get(name);
        if (value == null) {
            throw new StateException("there is no " + name);
        }
        return value;
    }

    @Override
    public long get(String name, long fallback) {
        return values.getOrDefault(name, fallback);
    }

    @Override
    public byte[] bytes(String name) throws StateException {
        byte[] value = bytes.get(name);
        if (value == null) {
            throw new StateException("there is no " + name);
        }
        return value.clone();
    }

    @Override
    public String toString() {
        Map<String, String> all = new TreeMap<>();
        values.forEach((name, value) -> all.put(name, "0x" + Long.toHexString(value)));
        bytes.forEach((name, value) -> all.put(name, HexFormat.of().formatHex(value)));
        return all.toString();
    }
}
