package hv.api;

/**
 * Hypercall status codes, the low 16 bits of a result value (TLFS "Hypercall Interface: Hypercall Status Values").
 *
 * <p>Plain numbers rather than an enum: a status travels through the hot path, and unknown codes must survive.
 */
public final class HvStatus {
    public static final int SUCCESS = 0;
    public static final int INVALID_HYPERCALL_CODE = 2;
    public static final int INVALID_HYPERCALL_INPUT = 3;
    public static final int INVALID_ALIGNMENT = 4;
    public static final int INVALID_PARAMETER = 5;
    public static final int ACCESS_DENIED = 6;
    public static final int OPERATION_DENIED = 8;
    public static final int INSUFFICIENT_MEMORY = 0xB;
    public static final int INVALID_VP_INDEX = 0xE;
    public static final int INVALID_PORT_ID = 0x11;
    public static final int INVALID_CONNECTION_ID = 0x12;
    public static final int INSUFFICIENT_BUFFERS = 0x13;
    public static final int INVALID_VP_STATE = 0x15;
    public static final int INVALID_SYNIC_STATE = 0x18;
    public static final int TIME_OUT = 0x78;

    private HvStatus() {}

    /** The TLFS name of {@code status}, or its number in hex when this class does not know it. */
    public static String name(int status) {
        return switch (status) {
            case SUCCESS -> "HV_STATUS_SUCCESS";
            case INVALID_HYPERCALL_CODE -> "HV_STATUS_INVALID_HYPERCALL_CODE";
            case INVALID_HYPERCALL_INPUT -> "HV_STATUS_INVALID_HYPERCALL_INPUT";
            case INVALID_ALIGNMENT -> "HV_STATUS_INVALID_ALIGNMENT";
            case INVALID_PARAMETER -> "HV_STATUS_INVALID_PARAMETER";
            case ACCESS_DENIED -> "HV_STATUS_ACCESS_DENIED";
            case OPERATION_DENIED -> "HV_STATUS_OPERATION_DENIED";
            case INSUFFICIENT_MEMORY -> "HV_STATUS_INSUFFICIENT_MEMORY";
            case INVALID_VP_INDEX -> "HV_STATUS_INVALID_VP_INDEX";
            case INVALID_PORT_ID -> "HV_STATUS_INVALID_PORT_ID";
            case INVALID_CONNECTION_ID -> "HV_STATUS_INVALID_CONNECTION_ID";
            case INSUFFICIENT_BUFFERS -> "HV_STATUS_INSUFFICIENT_BUFFERS";
            case INVALID_VP_STATE -> "HV_STATUS_INVALID_VP_STATE";
            case INVALID_SYNIC_STATE -> "HV_STATUS_INVALID_SYNIC_STATE";
            case TIME_OUT -> "HV_STATUS_TIME_OUT";
            default -> "0x" + Integer.toHexString(status);
        };
    }
}
