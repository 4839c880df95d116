package hv.launcher.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NeededTest {
    private static final Set<String> OFFERED = Set.of("relaxed", "stimer", "stimer-direct", "version-id", "time");

    private static Set<String> ids(String flags) {
        return new Needed().apply(flags, OFFERED).getKey();
    }

    private static boolean isEnough(String flags) {
        return new Needed().apply(flags, OFFERED).getValue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "host,hv-relaxed,hv_time=on|relaxed time",
                "+hv-stimer,hv-relaxed=off,-hv-time|stimer",
                "hv-time=no,hv-relaxed=n,hv-stimer=false|''",
                "hv-time=yes,hv-relaxed=y,hv-stimer=true|relaxed stimer time",
                "-hv-time,+hv-time,hv-time|''",
                "hv-time,hv-time=no|''",
                "hv-stimer-direct|stimer-direct",
                "hv-version-id-build=3|version-id",
                "hv-enforce-cpuid,hv-time|time",
                "<hyperv><relaxed state='on'/></hyperv>|relaxed",
            })
    @DisplayName("A flag that counts and is not off names the enlightenment with the longest id that it begins with")
    void named(String flags, String ids) {
        assertEquals(ids.isEmpty() ? Set.of() : Set.of(ids.split(" ")), ids(flags));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hv-enforce-cpuid,hv-time",
                "hv-enforce-cpuid=yes",
                "+hv-enforce-cpuid,hv-enforce-cpuid=no",
                "hv-relaxed,host,+vmx,hv-enforce-cpuid=y",
                "qemu-kvm -cpu host,hv-time,hv-enforce-cpuid",
            })
    @DisplayName("With hv-enforce-cpuid, in any spelling of QEMU's, the named ones are enough")
    void enough(String flags) {
        assertTrue(isEnough(flags));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "hv-time",
                "hv-enforce-cpuid=off,hv-time",
                "hv-enforce-cpuid=no,hv-time",
                "hv-enforce-cpuid=n",
                "-hv-enforce-cpuid,hv-enforce-cpuid",
                "hv-enforce-cpuid,hv-relaxd",
                "hv-enforce-cpuid,x-hv-max-vps=3",
                "hv-enforce-cpuid,hv-passthrough",
                "hv-enforce-cpuid,hv-time,hv-relaxed=no",
                "@flags",
                "-",
                "<hyperv",
            })
    @DisplayName(
            "Without it, or when a flag is off, belongs to nobody or is read from elsewhere, everything is started")
    void everything(String flags) {
        assertFalse(isEnough(flags));
    }
}
