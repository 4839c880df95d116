package hv.api;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.function.Function;

/**
 * The contents of a section by name, in ascending order of the names: two arrays, since a machine of a thousand VPs has
 * a hundred thousand of them, several times over while it is restored. Immutable; any thread.
 */
final class SectionMap<V> extends AbstractMap<String, V> {
    private final String[] names;
    private final Values<V> values;

    /** As many values as there are names, by position. */
    @FunctionalInterface
    private interface Values<V> {
        V at(int index);
    }

    private SectionMap(String[] names, Values<V> values) {
        this.names = names;
        this.values = values;
    }

    /** A copy of a map of numbers. */
    static Map<String, Long> ofNumbers(Map<String, Long> numbers) {
        return copy(numbers, names -> {
            long[] values = new long[names.length];
            Arrays.setAll(values, i -> numbers.get(names[i]));
            return i -> values[i];
        });
    }

    /** A copy of a map of byte strings. */
    static Map<String, byte[]> ofBytes(Map<String, byte[]> bytes) {
        return copy(bytes, names -> {
            byte[][] values = new byte[names.length][];
            Arrays.setAll(values, i -> bytes.get(names[i]));
            return i -> values[i];
        });
    }

    private static <V> Map<String, V> copy(Map<String, V> map, Function<String[], Values<V>> values) {
        if (map.isEmpty()) {
            return Map.of();
        }
        if (map instanceof SectionMap) {
            return map;
        }
        String[] names = map.keySet().toArray(String[]::new);
        Arrays.sort(names);
        return new SectionMap<>(names, values.apply(names));
    }

    private int index(Object name) {
        return name instanceof String text ? Arrays.binarySearch(names, text) : -1;
    }

    @Override
    public int size() {
        return names.length;
    }

    @Override
    public boolean containsKey(Object name) {
        return index(name) >= 0;
    }

    @Override
    public V get(Object name) {
        int index = index(name);
        return index < 0 ? null : values.at(index);
    }

    @Override
    public Set<Map.Entry<String, V>> entrySet() {
        return new AbstractSet<>() {
            @Override
            public int size() {
                return names.length;
            }

            @Override
            public Iterator<Map.Entry<String, V>> iterator() {
                return new Entries();
            }
        };
    }

    private final class Entries implements Iterator<Map.Entry<String, V>> {
        private int next;

        @Override
        public boolean hasNext() {
            return next < names.length;
        }

        @Override
        public Map.Entry<String, V> next() {
            if (next == names.length) {
                throw new NoSuchElementException();
            }
            Map.Entry<String, V> entry = Map.entry(names[next], values.at(next));
            next++;
            return entry;
        }
    }
}
