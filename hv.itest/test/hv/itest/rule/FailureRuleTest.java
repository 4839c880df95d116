package hv.itest.rule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.classfile.instruction.InvokeInstruction;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Reads the class files of what is shipped. */
@DisplayName("The rule for failures (ARCHITECTURE, \"Failures\") holds everywhere")
class FailureRuleTest {
    /** Who catches one of these contains what others throw, and so must catch all. */
    private static final Set<String> BROAD = Set.of(
            "java.lang.RuntimeException",
            "java.lang.Exception",
            "java.lang.Error",
            "java.lang.LinkageError",
            "java.lang.AssertionError",
            "java.lang.VirtualMachineError",
            "java.lang.StackOverflowError",
            "java.lang.OutOfMemoryError");

    /** Interfaces that bundles, embedders and hosts implement, and that are called on threads that others need. */
    private static final Set<String> FOREIGN = Set.of(
            "hv/api/enlightenment/Attachment",
            "hv/api/enlightenment/ClockListener",
            "hv/api/enlightenment/Enlightenment",
            "hv/api/enlightenment/HypercallHandler",
            "hv/api/enlightenment/MsrHandler",
            "hv/api/enlightenment/VpAttachment",
            "hv/api/host/PartitionListener",
            "hv/api/synic/EventReceiver",
            "hv/api/synic/MessageReceiver",
            "hv/api/synic/SintListener",
            "hv/api/synic/SintMessages",
            "hv/api/vmbus/DeviceKind",
            "hv/api/vmbus/VmbusDevice",
            "hv/api/vmbus/VmbusProvider",
            "hv/hosted/HostedListener",
            "hv/kvm/VmListener");

    private static final String STEPS = "hv/partition/failure/BundleCalls$Steps";

    private final Code code = Code.of(workspace());

    FailureRuleTest() throws IOException {}

    private static Path workspace() {
        Path here = Path.of("").toAbsolutePath();
        return here.resolve("cnf").toFile().isDirectory() ? here : here.getParent();
    }

    @Test
    @DisplayName("Whoever catches what others throw catches Throwable")
    void catchesAll() {
        List<String> complaints = new ArrayList<>();
        Set<String> used = new HashSet<>();
        for (Method method : code.methods()) {
            for (String type : method.catchesLessThanAll()) {
                if (BROAD.contains(type) && !isAllowed(method, Allowed.CATCHES.keySet(), used)) {
                    complaints.add(method.name() + " catches " + type + " and not Throwable");
                }
            }
        }
        assertEquals(List.of(), complaints);
        assertEquals(Allowed.CATCHES.keySet(), used, "allowances that are needed");
    }

    @Test
    @DisplayName("The last frame of every thread and of every task catches Throwable")
    void threadsEndWell() {
        assertEquals(List.of(), new Threads(code, Allowed.WORK).complaints());
    }

    @Test
    @DisplayName("Code of bundles, embedders and hosts is called where whatever it throws is caught")
    void callbacksAreContained() {
        List<String> complaints = new ArrayList<>();
        Set<String> used = new HashSet<>();
        for (Method method : code.methods()) {
            for (int position : method.calls()) {
                if (method.code().get(position) instanceof InvokeInstruction call
                        && isForeign(call)
                        && !method.isCovered(position)
                        && !method.hasParameter(STEPS)
                        && !isAllowed(method, Allowed.CALLS.keySet(), used)) {
                    complaints.add("%s calls %s.%s and does not catch Throwable"
                            .formatted(
                                    method.name(),
                                    call.owner().asInternalName(),
                                    call.name().stringValue()));
                }
            }
        }
        assertEquals(List.of(), complaints);
        assertEquals(Allowed.CALLS.keySet(), used, "allowances that are needed");
    }

    private static boolean isForeign(InvokeInstruction call) {
        return FOREIGN.contains(call.owner().asInternalName())
                && !call.name().stringValue().equals("getClass");
    }

    private static boolean isAllowed(Method method, Set<String> allowed, Set<String> used) {
        boolean isAllowed = allowed.contains(method.name());
        if (isAllowed) {
            used.add(method.name());
        }
        return isAllowed;
    }

    @Test
    @DisplayName("All bundles that are shipped were looked at")
    void looksAtAll() {
        assertTrue(code.methods().size() > 4_000, () -> "only " + code.methods().size() + " methods");
    }
}
