package hv.evmcs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import hv.api.nested.CleanGroup;
import hv.api.nested.EnlightenedVmcs;
import hv.api.nested.EntryResult;
import hv.api.nested.EvmcsField;
import hv.api.nested.FieldKind;
import hv.api.nested.FieldUse;
import hv.api.nested.Vmcs;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/**
 * A nested hypervisor as small as can be: keeps several enlightened VMCSs in guest memory, changes fields and clears
 * their clean bits, enters, and looks at what the exit left. It knows what each page ought to hold and checks it after
 * every exit.
 */
final class ModelHypervisor {
    /** What L1 changes between entries. */
    private static final List<EvmcsField> ITS_OWN = fields(FieldUse.ENTRY, FieldUse.ENTRY_AND_EXIT);

    private final Machine machine;
    private final int vp;
    private final long firstPage;
    private final Random random;
    private final List<Map<EvmcsField, Long>> guests;
    private final boolean[] launched;
    private int current;

    ModelHypervisor(Machine machine, int vp, long firstPage, int guestCount, Random random) {
        this.machine = machine;
        this.vp = vp;
        this.firstPage = firstPage;
        this.random = random;
        this.launched = new boolean[guestCount];
        this.guests = Stream.generate(() -> (Map<EvmcsField, Long>) new EnumMap<EvmcsField, Long>(EvmcsField.class))
                .limit(guestCount)
                .toList();
        for (int guest = 0; guest < guestCount; guest++) {
            machine.put(page(guest), EvmcsField.VERSION_NUMBER, guest % 2 == 0 ? 1 : Machine.REVISION);
        }
        machine.enlighten(vp, page(0));
    }

    /** One turn: chooses an L2, changes it, enters, has L0 run it, and checks what came back. */
    void turn() {
        if (random.nextInt(4) == 0) {
            current = random.nextInt(guests.size());
            machine.point(vp, page(current));
        }
        change(random.nextInt(12));
        boolean isLaunch = !launched[current];
        assertEquals(EntryResult.ENTERED, machine.evmcs(vp).enter(isLaunch, Machine.REVISION));
        launched[current] = true;
        runL2(machine.evmcs(vp));
        guests.get(current)
                .forEach((field, value) ->
                        assertEquals(value, machine.get(page(current), field), () -> "after the exit: " + field));
        if (random.nextInt(10) == 0) {
            machine.evmcs(vp).clear(page(current));
            launched[current] = false;
        }
    }

    private void change(int count) {
        for (int i = 0; i < count; i++) {
            EvmcsField field = ITS_OWN.get(random.nextInt(ITS_OWN.size()));
            long value = cut(field, isControl(field) ? 0x16 & random.nextInt() : random.nextLong());
            machine.put(page(current), field, value);
            guests.get(current).put(field, value);
            machine.memory()
                    .getAndBitwiseAndInt(
                            page(current) + EvmcsField.CLEAN_FIELDS.offset(),
                            ~field.group().mask());
        }
    }

    /** L0: sees exactly what L1 meant, runs, and exits with new state. */
    private void runL2(EnlightenedVmcs evmcs) {
        Vmcs vmcs = evmcs.vmcs();
        Map<EvmcsField, Long> model = guests.get(current);
        for (EvmcsField field : ITS_OWN) {
            assertEquals(model.getOrDefault(field, 0L), vmcs.get(field), () -> "at the entry: " + field);
        }
        evmcs.markClean();
        assertEquals(CleanGroup.ALL, machine.cleanFields(page(current)));
        for (EvmcsField field : fields(FieldUse.EXIT, FieldUse.ENTRY_AND_EXIT)) {
            if (random.nextInt(3) == 0 && !isControl(field)) {
                vmcs.set(field, random.nextLong());
            }
            model.put(field, vmcs.get(field));
        }
        evmcs.writeBack();
    }

    private static boolean isControl(EvmcsField field) {
        return field.kind() == FieldKind.CONTROL && field.name().endsWith("_CONTROLS");
    }

    private static long cut(EvmcsField field, long value) {
        return value & -1L >>> 64 - 8 * field.bytes();
    }

    private static List<EvmcsField> fields(FieldUse... uses) {
        return Stream.of(EvmcsField.values())
                .filter(field -> List.of(uses).contains(field.use()))
                .toList();
    }

    private long page(int guest) {
        return firstPage + guest * 0x1000L;
    }
}
