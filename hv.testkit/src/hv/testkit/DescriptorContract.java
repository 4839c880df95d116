package hv.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.enlightenment.CpuidBits;
import hv.api.enlightenment.Descriptor;
import hv.api.enlightenment.Enlightenment;
import hv.api.enlightenment.FlagOption;
import hv.api.enlightenment.MsrRange;
import hv.api.enlightenment.ProvidesEnlightenment;
import hv.api.enlightenment.RequiresEnlightenment;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * The descriptor is complete, agrees with the annotations that the bundle's manifest is made of, and tells the truth.
 */
public interface DescriptorContract extends ContractSubject {
    @Test
    @DisplayName(
            "contract: the descriptor names flag, title, benefit, TLFS section, MSRs and calls as they are named elsewhere")
    default void descriptorIsComplete() {
        Descriptor d = descriptor();
        assertEquals(d, descriptor(), "the descriptor is always the same");
        for (FlagOption option : d.options()) {
            assertTrue(option.flag().matches("(x-)?hv(-[a-z0-9]+)+"), option.flag());
        }
        for (String text : List.of(d.title(), d.benefit(), d.section())) {
            assertFalse(text.isBlank() || text.contains("\n") || text.endsWith("."), "'" + text + "'");
        }
        d.msrs().forEach(range -> assertTrue(range.name().startsWith("HV_X64_MSR_"), range.name()));
        d.hypercalls().forEach(spec -> assertTrue(spec.name().startsWith("HvCall"), spec.name()));
        d.cpuid().forEach(bits -> assertFalse(bits.name().isBlank(), bits.where()));
    }

    @Test
    @DisplayName("contract: capability and requirements in the manifest are those of the descriptor")
    default void annotationsAgreeWithTheDescriptor() {
        Class<?> component = enlightenment().getClass();
        ProvidesEnlightenment provides = component.getAnnotation(ProvidesEnlightenment.class);
        assertEquals(descriptor().id(), provides.value());
        assertEquals(
                Arrays.stream(component.getAnnotationsByType(RequiresEnlightenment.class))
                        .map(RequiresEnlightenment::value)
                        .collect(Collectors.toSet()),
                Set.copyOf(descriptor().requires()));
    }

    @Test
    @DisplayName("contract: the component is a stateless factory that ServiceLoader can make")
    default void componentIsStateless() throws ReflectiveOperationException {
        Class<?> component = enlightenment().getClass();
        assertTrue(Modifier.isPublic(component.getModifiers()));
        assertTrue(Modifier.isPublic(component.getConstructor().getModifiers()));
        for (Field field : component.getDeclaredFields()) {
            assertTrue(Modifier.isFinal(field.getModifiers()), field + " can change");
        }
    }

    @Test
    @DisplayName("contract: the flags start a guest, and announce Hyper-V if they are said to")
    default void flagsStartAGuest() {
        try (Guest guest = start(flags())) {
            assertEquals(announcesHyperV(), !guest.cpuid().leaves().isEmpty());
        }
    }

    @Test
    @DisplayName("contract: fixed CPUID bits are shown when it is on, and only then")
    default void cpuidBitsFollowTheFlag() {
        try (Guest on = guest("");
                Guest off = guestWithout("")) {
            for (CpuidBits bits : descriptor().cpuid()) {
                int seen = on.cpuid().get(bits.leaf(), bits.register()) & bits.mask();
                assertEquals(bits.value(), seen, bits.where());
                int without = off.cpuid().get(bits.leaf(), bits.register()) & bits.mask();
                assertNotEquals(bits.value(), without, bits.where());
            }
        }
    }

    @Test
    @DisplayName(
            "contract: every declared MSR answers as declared, on every VP; a read-only or write-only one is #GP otherwise")
    default void declaredMsrsAnswer() {
        try (Guest guest = guest("hv-enforce-cpuid")) {
            for (int msr : declaredMsrs()) {
                for (int vp = 0; vp < VPS; vp++) {
                    String where = "0x%08x on VP %d".formatted(msr, vp);
                    OptionalLong value = guest.read(vp, msr);
                    assertEquals(access(msr) != MsrRange.Access.WRITE_ONLY, value.isPresent(), where);
                    if (access(msr) == MsrRange.Access.READ_WRITE && takesBackItsValue(msr)) {
                        assertTrue(guest.write(vp, msr, value.orElseThrow()), where);
                    }
                    if (access(msr) == MsrRange.Access.READ_ONLY) {
                        for (long hostile : RandomProgram.HOSTILE_VALUES) {
                            assertFalse(guest.write(vp, msr, hostile), where);
                        }
                        assertTrue(!isSteady(msr) || value.equals(guest.read(vp, msr)), where);
                    }
                }
            }
        }
    }

    @Test
    @DisplayName("contract: an MSR that nobody declares is #GP, enforced or not")
    default void undeclaredMsrsFault() {
        for (String more : List.of("hv-enforce-cpuid", "")) {
            try (Guest guest = guest(more)) {
                for (int msr = MsrRange.WINDOW_FIRST + 2; msr <= MsrRange.WINDOW_LAST + 16; msr++) {
                    if (!isDeclared(msr)) {
                        String where = "0x%08x %s".formatted(msr, more);
                        assertTrue(guest.rdmsrFaults(msr), where);
                        assertTrue(guest.wrmsrFaults(msr, 0), where);
                    }
                }
                for (int msr :
                        new int[] {0, 0x3FFF_FFFF, 0x4000_1002, 0x4100_0000, Integer.MAX_VALUE, Integer.MIN_VALUE, -1
                        }) {
                    assertTrue(guest.rdmsrFaults(msr));
                    assertTrue(guest.wrmsrFaults(msr, 1));
                }
            }
        }
    }

    private boolean isDeclared(int msr) {
        return Stream.concat(required().stream(), Stream.of(enlightenment()))
                .map(Enlightenment::descriptor)
                .flatMap(d -> d.msrs().stream())
                .anyMatch(range -> range.contains(msr));
    }
}
