package hv.itest.rule;

import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.Instruction;
import java.lang.classfile.Label;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.ExceptionCatch;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.ThrowInstruction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The code of one method, as far as the rule for failures looks at it. */
final class Method {
    private static final String THROWABLE = "java/lang/Throwable";

    private final String owner;
    private final MethodModel model;
    private final List<CodeElement> code = new ArrayList<>();
    private final Map<Label, Integer> labels = new HashMap<>();
    private final List<ExceptionCatch> catches = new ArrayList<>();

    Method(ClassModel type, MethodModel model) {
        this.owner = type.thisClass().asInternalName();
        this.model = model;
        model.code().ifPresent(body -> {
            for (CodeElement element : body) {
                if (element instanceof ExceptionCatch each) {
                    catches.add(each);
                } else if (element instanceof Label label) {
                    labels.put(label, code.size());
                } else {
                    code.add(element);
                }
            }
        });
    }

    /** As {@code hv.x.Class.method}; of a lambda that of the method that it stands in. */
    String name() {
        String method = model.methodName().stringValue();
        if (method.startsWith("lambda$")) {
            method = method.substring("lambda$".length(), method.lastIndexOf('$'));
        }
        return owner.replace('/', '.') + "." + (method.equals("new") ? "<init>" : method);
    }

    String owner() {
        return owner;
    }

    /** Name and type in this class. */
    String signature() {
        return model.methodName().stringValue() + model.methodType().stringValue();
    }

    boolean hasParameter(String type) {
        return model.methodType().stringValue().contains("L" + type + ";");
    }

    List<CodeElement> code() {
        return code;
    }

    /** Types that are caught and handled, each where Throwable is not caught as well. */
    List<String> catchesLessThanAll() {
        List<String> types = new ArrayList<>();
        for (ExceptionCatch each : catches) {
            each.catchType().ifPresent(type -> {
                if (!isCovered(position(each.tryStart()))) {
                    types.add(type.asInternalName().replace('/', '.'));
                }
            });
        }
        return types;
    }

    /** Whether whatever the instruction at {@code position} throws is handled here. */
    boolean isCovered(int position) {
        return catches.stream()
                .anyMatch(each -> each.catchType()
                                .filter(type -> type.asInternalName().equals(THROWABLE))
                                .isPresent()
                        && position(each.tryStart()) <= position
                        && position < position(each.tryEnd())
                        && !isRethrown(each));
    }

    /** Where the first handler of whatever is thrown begins: what is behind it has been contained. */
    int firstHandlerOfAll() {
        return catches.stream()
                .filter(each -> each.catchType()
                        .filter(type -> type.asInternalName().equals(THROWABLE))
                        .isPresent())
                .filter(each -> !isRethrown(each))
                .mapToInt(each -> position(each.handler()))
                .min()
                .orElse(Integer.MAX_VALUE);
    }

    /** Whether a handler ends in a throw of what it has caught, as those do that the compiler makes for resources. */
    private boolean isRethrown(ExceptionCatch each) {
        int from = position(each.handler());
        for (int i = from; i < code.size(); i++) {
            if (code.get(i) instanceof ThrowInstruction) {
                return code.subList(from, i).stream()
                        .filter(InvokeInstruction.class::isInstance)
                        .map(InvokeInstruction.class::cast)
                        .allMatch(call -> call.name().stringValue().equals("close")
                                || call.name().stringValue().equals("addSuppressed"));
            }
            if (code.get(i) instanceof Instruction instruction && isReturn(instruction.opcode())) {
                return false;
            }
        }
        return false;
    }

    private static boolean isReturn(Opcode opcode) {
        return switch (opcode) {
            case RETURN, IRETURN, LRETURN, ARETURN, DRETURN, FRETURN, GOTO, GOTO_W -> true;
            default -> false;
        };
    }

    private int position(Label label) {
        return labels.getOrDefault(label, code.size());
    }

    /** Positions of calls of other code. */
    List<Integer> calls() {
        List<Integer> positions = new ArrayList<>();
        for (int i = 0; i < code.size(); i++) {
            if (code.get(i) instanceof InvokeInstruction || code.get(i) instanceof InvokeDynamicInstruction) {
                positions.add(i);
            }
        }
        return positions;
    }
}
