package hv.machine.boot;

/** Carries an {@link ImageException} out of {@link Image#load}, where only unpacking shows that a file is damaged. */
public final class DamagedImageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ImageException reason;

    public DamagedImageException(ImageException reason) {
        super(reason.getMessage(), reason);
        this.reason = reason;
    }

    /** What is wrong with it. */
    public ImageException reason() {
        return reason;
    }
}
