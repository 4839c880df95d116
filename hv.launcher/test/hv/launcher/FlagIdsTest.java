package hv.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FlagIdsTest {
    private static final Set<String> OFFERED = Set.of("relaxed", "stimer", "stimer-direct", "version-id", "time");

    @Test
    @DisplayName("QEMU's spellings: hv-x, hv_x, =on, +hv-x name an enlightenment; =off and -hv-x do not")
    void spellings() {
        assertEquals(
                Set.of("relaxed", "time"),
                FlagIds.of("host,hv-relaxed,hv_time=on", OFFERED).ids());
        assertEquals(
                Set.of("stimer"),
                FlagIds.of("+hv-stimer,hv-relaxed=off,-hv-time", OFFERED).ids());
    }

    @Test
    @DisplayName("A flag belongs to the longest id it begins with")
    void longestId() {
        assertEquals(
                Set.of("stimer-direct"), FlagIds.of("hv-stimer-direct", OFFERED).ids());
        assertEquals(
                Set.of("version-id"),
                FlagIds.of("hv-version-id-build=3", OFFERED).ids());
    }

    @Test
    @DisplayName("A flag that no manifest accounts for leaves it to the partition service to judge")
    void unknownFlag() {
        assertFalse(FlagIds.of("hv-relaxd", OFFERED).isCertain());
        assertFalse(FlagIds.of("x-hv-max-vps=3", OFFERED).isCertain());
        assertTrue(FlagIds.of("hv-relaxed,host,+vmx", OFFERED).isCertain());
    }

    @Test
    @DisplayName("hv-enforce-cpuid is the partition's own flag and names no enlightenment")
    void enforceCpuid() {
        assertTrue(FlagIds.of("hv-enforce-cpuid,hv-time", OFFERED).enforcesCpuid());
        assertFalse(FlagIds.of("hv-enforce-cpuid=off,hv-time", OFFERED).enforcesCpuid());
        assertEquals(
                Set.of("time"), FlagIds.of("hv-enforce-cpuid,hv-time", OFFERED).ids());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "@flags",
                "-",
                "<hyperv/>",
                "qemu-kvm -cpu host,hv-time",
                "args: -cpu host,hv-time",
                "ostype: win11",
                "hv-time,\nhv-relaxed"
            })
    @DisplayName("What a bundle must read first, a file or another syntax, is not certain: everything is started")
    void elsewhere(String argument) {
        assertFalse(FlagIds.of(argument, OFFERED).isCertain());
    }
}
