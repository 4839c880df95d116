package hv.explain;

import java.util.List;

/** Finds in a text that somebody pasted what it knows. Any thread. */
interface TextReader {
    /**
     * Looks at the text.
     *
     * @param text some lines, of bounded length
     * @return what there is to say, in the order of the text; empty if nothing in it is known
     */
    List<Page.Section> read(String text);
}
