package hv.kvm.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostCpuTest {
    @TempDir
    Path modules;

    @ParameterizedTest
    @CsvSource({
        "kvm_intel/parameters/enable_apicv, Y, true",
        "kvm_intel/parameters/enable_apicv, N, false",
        "kvm_amd/parameters/avic, 1, true",
        "kvm_amd/parameters/avic, Y, true",
        "kvm_amd/parameters/avic, N, false",
        "kvm_amd/parameters/nested, 1, false",
    })
    @DisplayName(
            "KVM's parameters say whether the processor virtualizes the APIC: kvm_intel's enable_apicv, kvm_amd's avic")
    void apic(String file, String value, boolean isUsed) throws Exception {
        Path parameter = modules.resolve(file);
        Files.createDirectories(parameter.getParent());
        Files.writeString(parameter, value + "\n");
        assertEquals(isUsed, HostCpu.virtualizesApic(modules));
    }
}
