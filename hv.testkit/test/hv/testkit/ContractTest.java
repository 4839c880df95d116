package hv.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.enlightenment.Enlightenment;
import hv.testkit.Faulty.Fault;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The contracts pass what keeps the rules, and notice what breaks one. */
class ContractTest implements EnlightenmentContract {
    @Override
    public Enlightenment enlightenment() {
        return new Faulty();
    }

    static Stream<Arguments> faults() {
        return Stream.of(
                Arguments.of(Fault.FAULTS_ON_READ, "declaredMsrsAnswer"),
                Arguments.of(Fault.FAULTS_ON_READ, "isOpenWhenNotEnforced"),
                Arguments.of(Fault.FORGETS_TO_RESET, "resetIsFresh"),
                Arguments.of(Fault.FORGETS_TO_SAVE, "restoreIsTheInverseOfSave"),
                Arguments.of(Fault.FORGETS_TO_RESTORE, "restoreIsTheInverseOfSave"),
                Arguments.of(Fault.FORGETS_TO_SAVE, "swapsAreNotSeen"),
                Arguments.of(Fault.FORGETS_TO_RESTORE, "swapsAreNotSeen"),
                Arguments.of(Fault.FORGETS_TO_SAVE, "leavingIsNotSeen"),
                Arguments.of(Fault.FORGETS_TO_RESTORE, "leavingIsNotSeen"),
                Arguments.of(Fault.GUESSES_WHAT_IS_MISSING, "damagedStateIsRefused"),
                Arguments.of(Fault.THROWS_ON_HOSTILE_VALUE, "randomProgramNeverBreaksIt"),
                Arguments.of(Fault.THROWS_ON_HOSTILE_VALUE, "randomProgramsOnTwoVpsBreakNothing"),
                Arguments.of(Fault.THROWS_ON_HOSTILE_CALL, "randomProgramNeverBreaksIt"),
                Arguments.of(Fault.THROWS_ON_HOSTILE_STATE, "absurdValuesDoNoHarm"));
    }

    @ParameterizedTest
    @MethodSource("faults")
    @DisplayName("a broken rule fails the contract that holds it")
    void noticesTheFault(Fault fault, String contract) {
        InvocationTargetException failure = assertThrows(
                InvocationTargetException.class,
                () -> EnlightenmentContract.class.getMethod(contract).invoke(new FaultySubject(fault)));
        assertTrue(
                failure.getCause() instanceof AssertionError || failure.getCause() instanceof IllegalStateException,
                () -> contract + " failed with " + failure.getCause());
    }

    @Test
    @DisplayName("a random program with the same seed does the same again")
    void seedRepeats() {
        List<Long> values = new ArrayList<>();
        for (int run = 0; run < 2; run++) {
            try (Guest guest = guest("")) {
                new RandomProgram(42, List.of(descriptor())).run(guest, 0, 1000, true);
                values.add(guest.rdmsr(Faulty.MSR));
                values.add(guest.host().guestTsc());
            }
        }
        assertEquals(values.subList(0, 2), values.subList(2, 4));
    }
}
