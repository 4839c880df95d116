package hv.devices;

/** Strangers' words in a message. */
final class Printable {
    private static final int MOST = 40;

    private Printable() {}

    /** The text with everything that is no printable ASCII character as {@code ?}, at most 40 characters. */
    static String of(String text) {
        String shown = text.replaceAll("[^ -~]", "?");
        return shown.length() <= MOST ? shown : shown.substring(0, MOST) + "...";
    }
}
