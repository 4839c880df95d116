package hv.itest.rule;

import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.DirectMethodHandleDesc;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Where work is given to a thread, and whether the last frame of that thread catches whatever the work throws. */
final class Threads {
    private static final Set<String> STARTS = Set.of(
            "start",
            "unstarted",
            "submit",
            "execute",
            "schedule",
            "scheduleAtFixedRate",
            "scheduleWithFixedDelay",
            "invokeAll",
            "runAsync",
            "supplyAsync",
            "startVirtualThread");

    /** What the first line of a thread may call before it catches anything: it makes nothing and throws nothing. */
    private static final Set<String> HARMLESS =
            Set.of("java/lang/Thread", "java/lang/Object", "java/lang/Boolean", "java/lang/Math", "java/lang/System");

    private static final String ATOMIC = "java/util/concurrent/atomic/";

    private final Code code;

    /** Work that is an object: the place that starts it, and the method that it is. */
    private final Map<String, String> known;

    Threads(Code code, Map<String, String> known) {
        this.code = code;
        this.known = known;
    }

    /** What is wrong. */
    List<String> complaints() {
        List<String> complaints = new ArrayList<>();
        for (Method method : code.methods()) {
            for (int position : method.calls()) {
                if (method.code().get(position) instanceof InvokeInstruction call && isStart(call)) {
                    complain(method, position, complaints);
                }
            }
        }
        return complaints;
    }

    private static boolean isStart(InvokeInstruction call) {
        String owner = call.owner().asInternalName();
        String name = call.name().stringValue();
        boolean takesWork = call.type().stringValue().contains("Ljava/lang/Runnable;")
                || call.type().stringValue().contains("Ljava/util/concurrent/Callable;")
                || call.type().stringValue().contains("Ljava/util/function/Supplier;");
        return takesWork
                && (owner.startsWith("java/util/concurrent/") || owner.startsWith("java/lang/Thread"))
                && (STARTS.contains(name) || name.equals("<init>"));
    }

    private void complain(Method method, int position, List<String> complaints) {
        Optional<Method> work =
                known.containsKey(method.name()) ? named(known.get(method.name())) : lambdaBefore(method, position);
        if (work.isEmpty()) {
            complaints.add(method.name() + " gives work to a thread that cannot be looked at");
        } else if (!catchesAll(work.get(), new HashSet<>())) {
            complaints.add("%s is the last frame of a thread that %s starts, and does not catch Throwable"
                    .formatted(work.get().name(), method.name()));
        }
    }

    private Optional<Method> named(String name) {
        return code.methods().stream()
                .filter(method -> method.name().equals(name))
                .findFirst();
    }

    /** The method behind the lambda or the method reference that was made last before {@code position}. */
    private Optional<Method> lambdaBefore(Method method, int position) {
        for (int i = position - 1; i >= 0; i--) {
            if (method.code().get(i) instanceof InvokeDynamicInstruction lambda) {
                return lambda.bootstrapArgs().stream()
                        .filter(DirectMethodHandleDesc.class::isInstance)
                        .map(DirectMethodHandleDesc.class::cast)
                        .findFirst()
                        .flatMap(handle -> code.find(
                                internal(handle.owner().descriptorString()),
                                handle.methodName() + handle.lookupDescriptor()));
            }
        }
        return Optional.empty();
    }

    private static String internal(String descriptor) {
        return descriptor.substring(1, descriptor.length() - 1);
    }

    /** Whether all that a method calls is caught in it, or in the method that it calls. */
    private boolean catchesAll(Method method, Set<Method> seen) {
        if (!seen.add(method)) {
            return true;
        }
        int handlers = method.firstHandlerOfAll();
        for (int position : method.calls()) {
            if (position < handlers && !method.isCovered(position) && !isFine(method, position, seen)) {
                return false;
            }
        }
        return true;
    }

    private boolean isFine(Method method, int position, Set<Method> seen) {
        if (!(method.code().get(position) instanceof InvokeInstruction call)) {
            return true;
        }
        String owner = call.owner().asInternalName();
        return HARMLESS.contains(owner)
                || owner.startsWith(ATOMIC)
                || code.find(owner, call.name().stringValue() + call.type().stringValue())
                        .filter(callee -> catchesAll(callee, seen))
                        .isPresent();
    }
}
