package hv.machine.boot;

/** A guest image cannot be booted. The message is one line: what is wrong with it, and what to give instead. */
public final class ImageException extends Exception {
    private static final long serialVersionUID = 1L;

    public ImageException(String image, String problem) {
        super(image + ": " + problem);
    }
}
