package hv.kvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import hv.api.machine.BootState;
import hv.api.machine.Register;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Memory that only the CPUs have. */
class HiddenMemoryTest {
    private static final long GPA = 0xC000_0000L;

    @Test
    @DisplayName("code runs in hidden memory, on both VPs at once without SIPI, and the partition sees no RAM there")
    void codeRunsThere() {
        try (TestVm test = new TestVm(2)) {
            MemorySegment hidden = test.vm.addHiddenMemory(GPA, 4096);
            Code code = new Code().eaxFrom(3).outEax(0x99).halt();
            MemorySegment.copy(code.bytes(), 0, hidden, ValueLayout.JAVA_BYTE, 0, code.size());
            BootState start = BootState.protectedMode(GPA);
            test.vm.boot(test.partition, vp -> start.with(Register.RBX, 7), () -> {});
            assertEquals(new TestVm.Out(0x99, 4, 7), test.next());
            assertEquals(new TestVm.Out(0x99, 4, 7), test.next());
            assertFalse(test.memory().isRam(GPA, 1));
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 4096", "0xC0000001, 4096", "0xC0000000, 100", "0xC0000000, 0", "0xDFFFF000, 8192", "-4096, 4096"})
    @DisplayName("a range within RAM, within devices or not of whole pages is refused")
    void badRanges(long gpa, long bytes) {
        try (TestVm test = new TestVm(1)) {
            assertThrows(IllegalArgumentException.class, () -> test.vm.addHiddenMemory(gpa, bytes));
        }
    }
}
