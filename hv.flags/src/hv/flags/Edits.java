package hv.flags;

/** How far one name is from another, to tell somebody what may have been meant. Any thread. */
public final class Edits {
    private Edits() {}

    /**
     * The fewest characters that have to be put in, taken out or replaced to make one name of the other.
     *
     * @param most names further apart are of no interest; then the result is {@code most + 1}
     */
    public static int between(String one, String other, int most) {
        if (Math.abs(one.length() - other.length()) > most) {
            return most + 1;
        }
        int[] row = new int[other.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int replaced = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return Math.min(row[other.length()], most + 1);
    }
}
