package hv.itest;

import hv.kvm.Kvm;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;

/**
 * A program on the class path beside the modules: says whether hv.kvm reaches native code, and whether this class does.
 */
final class ModuleProbe {
    private ModuleProbe() {}

    /** The program. */
    public static void main(String[] args) {
        String why;
        try {
            why = Kvm.whyUnusable().orElse("/dev/kvm works");
        } catch (IllegalCallerException | LinkageError e) {
            why = "refused";
        }
        System.out.println(Kvm.class.getModule().getName() + ": " + (why.contains("/dev/kvm") ? "granted" : "refused"));
        System.out.println("class path: " + own());
    }

    @SuppressWarnings("restricted")
    private static String own() {
        try {
            Linker linker = Linker.nativeLinker();
            linker.downcallHandle(linker.defaultLookup().findOrThrow("getpid"), FunctionDescriptor.ofVoid());
            return "granted";
        } catch (IllegalCallerException e) {
            return "refused";
        }
    }
}
