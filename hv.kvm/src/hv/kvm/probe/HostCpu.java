package hv.kvm.probe;

import hv.api.Vendor;
import hv.kvm.cpuid.CpuidEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What has to be known of the host's CPU: who made it, and whether it has simultaneous multithreading. */
public final class HostCpu {
    private static final Path SMT = Path.of("/sys/devices/system/cpu/smt");

    private static final Path MODULES = Path.of("/sys/module");

    /** "Genu" of "GenuineIntel", as EBX of leaf 0 has it. */
    private static final int GENU = 0x756E_6547;
    /** "  Sh" of "  Shanghai ", and "Cent" of "CentaurHauls": makers whose CPUs virtualize as Intel's do. */
    private static final int SHANGHAI = 0x6853_2020;

    private static final int CENT = 0x746E_6543;

    private HostCpu() {}

    /** The maker, by the vendor string that the guest sees. Everything that is not of Intel's kind counts as AMD's. */
    static Vendor vendor(List<CpuidEntry> supported) {
        for (CpuidEntry entry : supported) {
            if (entry.leaf() == 0) {
                boolean intel = entry.ebx() == GENU || entry.ebx() == SHANGHAI || entry.ebx() == CENT;
                return intel ? Vendor.INTEL : Vendor.AMD;
            }
        }
        return Vendor.AMD;
    }

    /**
     * Whether two VPs could share a core unawares: false only if the kernel says that SMT is off for good or not there.
     */
    public static boolean smtPossible() {
        return smtPossible(SMT);
    }

    public static boolean smtPossible(Path folder) {
        String control = read(folder.resolve("control"));
        boolean cannot = control.equals("notsupported") || control.equals("forceoff") || control.equals("off");
        return !(cannot && read(folder.resolve("active")).equals("0"));
    }

    /** Whether KVM lets the processor virtualize the APIC. */
    static boolean virtualizesApic() {
        return virtualizesApic(MODULES);
    }

    public static boolean virtualizesApic(Path modules) {
        String intel = read(modules.resolve("kvm_intel/parameters/enable_apicv"));
        String amd = read(modules.resolve("kvm_amd/parameters/avic"));
        return isOn(intel) || isOn(amd);
    }

    private static boolean isOn(String parameter) {
        return parameter.equals("Y") || parameter.equals("1");
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            return "";
        }
    }
}
