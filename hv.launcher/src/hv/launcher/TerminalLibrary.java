package hv.launcher;

import java.nio.file.Path;

/**
 * What the shell's terminal library, JLine, is told before it starts: it unpacks a native library and loads it from
 * there, and left alone it would do so among everybody's temporary files, under a name that all can see.
 */
final class TerminalLibrary {
    private static final String TEMPORARY = "jline.tmpdir";

    private TerminalLibrary() {}

    /** Gives it a private folder; the library asks for a property of the process. */
    static void unpacksInto(Path folder) {
        System.setProperty(TEMPORARY, folder.toString());
    }
}
