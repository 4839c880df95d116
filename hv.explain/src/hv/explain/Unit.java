package hv.explain;

import java.util.Locale;

/** What the number in a field counts, so that people can be told. */
public enum Unit {
    /** Nothing else than itself. */
    NUMBER("") {
        @Override
        String render(long value) {
            return "";
        }
    },
    /** Pages of 4 KiB: the number is a guest page. */
    PAGE("page") {
        @Override
        String render(long value) {
            return "GPA 0x%x".formatted(value << 12);
        }
    },
    /** 100 ns of reference time. */
    TIME_100NS("100ns") {
        @Override
        String render(long value) {
            return scaled(value, 1e7, "s", 1e4, "ms", 1e1, "us");
        }
    },
    /** A frequency. */
    HERTZ("Hz") {
        @Override
        String render(long value) {
            return scaled(value, 1e9, "GHz", 1e6, "MHz", 1e3, "kHz");
        }
    };

    private final String suffix;

    Unit(String suffix) {
        this.suffix = suffix;
    }

    /** What stands behind the slash in an explain file; empty for a plain number. */
    public String suffix() {
        return suffix;
    }

    /** The value, unsigned, in words; empty if its digits say all. */
    abstract String render(long value);

    private static String scaled(
            long value, double big, String bigName, double mid, String midName, double low, String lowName) {
        double count = value >= 0 ? value : value + 0x1p64;
        double unit = count >= big ? big : count >= mid ? mid : low;
        String name = count >= big ? bigName : count >= mid ? midName : lowName;
        return String.format(Locale.ROOT, "%.6g %s", count / unit, name);
    }
}
