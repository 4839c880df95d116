package hv.machine;

/** Carries an {@link ImageException} out of {@link Image#load}, where only unpacking shows that a file is damaged. */
final class DamagedImageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ImageException reason;

    DamagedImageException(ImageException reason) {
        super(reason.getMessage(), reason);
        this.reason = reason;
    }

    ImageException reason() {
        return reason;
    }
}
