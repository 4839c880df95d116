package hv.soak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import hv.api.host.Host;
import hv.api.host.ManualClock;
import hv.hosted.HostedHost;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The host that counts is otherwise the host behind it. */
class CountingHostTest {
    @Test
    @DisplayName("every method of Host is passed on, those with a default too: an enlightenment must not notice")
    void passesEverythingOn() {
        List<String> missing = Arrays.stream(Host.class.getMethods())
                .filter(method -> !isDeclared(method))
                .map(Method::getName)
                .toList();
        assertEquals(List.of(), missing);
        HostedHost host = HostedHost.builder().build();
        CountingHost counting = new CountingHost(host);
        assertSame(host.memory(), counting.memory());
        assertSame(host.facts(), counting.facts());
        assertEquals(ManualClock.of(host), ManualClock.of(counting));
    }

    private static boolean isDeclared(Method method) {
        try {
            ForwardingHost.class.getDeclaredMethod(method.getName(), method.getParameterTypes());
            return true;
        } catch (NoSuchMethodException e) {
            return false;
        }
    }

    @Test
    @DisplayName("interrupts are counted by VP and vector, with and without EOI, and reach the host")
    void counts() {
        HostedHost host = HostedHost.builder().build();
        CountingHost counting = new CountingHost(host);
        counting.interrupt(1, 0x40);
        counting.interruptAutoEoi(1, 0x40);
        counting.interrupt(0, 0x41);
        assertEquals(2, counting.interrupts(1, 0x40));
        assertEquals(1, counting.interrupts(0, 0x41));
        assertEquals(0, counting.interrupts(0, 0x40));
        assertEquals(3, host.takeInterrupts().size());
    }
}
