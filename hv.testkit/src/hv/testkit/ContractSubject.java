package hv.testkit;

import hv.api.enlightenment.Descriptor;
import hv.api.enlightenment.Enlightenment;
import hv.api.enlightenment.MsrRange;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What a contract needs to know of the enlightenment under test. Implemented by its test class, asked by the contracts.
 */
public interface ContractSubject {
    /** How many VPs the guests of the contracts have. */
    int VPS = 2;

    /** The enlightenment under test: a new object each time. */
    Enlightenment enlightenment();

    /** The enlightenments that it requires, directly or through others. */
    default List<Enlightenment> required() {
        return List.of();
    }

    /** Flags that switch on what it requires and itself. */
    default String flags() {
        return Stream.concat(required().stream(), Stream.of(enlightenment()))
                .map(e -> e.descriptor().flag())
                .collect(Collectors.joining(","));
    }

    /** Whether one of {@link #flags} alone makes Hyper-V appear; false for what only tunes. */
    default boolean announcesHyperV() {
        return true;
    }

    /**
     * Whether {@code msr} can be read where Hyper-V is announced without this enlightenment and CPUID is not enforced.
     */
    default boolean answersUnpromised(int msr) {
        return true;
    }

    /** Whether {@code msr}, of a guest that does nothing and for which no time passes, always reads the same. */
    default boolean isSteady(int msr) {
        return true;
    }

    /** Whether a guest may write to {@code msr} what it has read from it when nothing else happened. */
    default boolean takesBackItsValue(int msr) {
        return true;
    }

    /** A guest with {@link #flags} and {@code more}, all of it deployed, with {@link #VPS} VPs. */
    default Guest guest(String more) {
        return start(flags() + "," + Announcer.FLAG + "," + more);
    }

    /** A guest for which Hyper-V is announced, but not this enlightenment or what it requires. */
    default Guest guestWithout(String more) {
        return start(Announcer.FLAG + "," + more);
    }

    /** A guest with exactly {@code cpu} for its flags; everything is deployed. */
    default Guest start(String cpu) {
        List<Enlightenment> deployed = new ArrayList<>(required());
        deployed.add(enlightenment());
        deployed.add(new Announcer());
        return Guest.with(deployed).flags(cpu).vps(VPS).start();
    }

    /** The descriptor under test. */
    default Descriptor descriptor() {
        return enlightenment().descriptor();
    }

    /** The MSRs that the descriptor declares. */
    default int[] declaredMsrs() {
        return descriptor().msrs().stream()
                .flatMapToInt(range -> IntStream.rangeClosed(range.first(), range.last()))
                .toArray();
    }

    /** Those of them that a guest may read and that read the same each time. */
    default int[] steadyMsrs() {
        return IntStream.of(declaredMsrs())
                .filter(msr -> access(msr) != MsrRange.Access.WRITE_ONLY && isSteady(msr))
                .toArray();
    }

    /** What a guest may do with a declared MSR. */
    default MsrRange.Access access(int msr) {
        return descriptor().msrs().stream()
                .filter(range -> range.contains(msr))
                .findFirst()
                .orElseThrow()
                .access();
    }
}
