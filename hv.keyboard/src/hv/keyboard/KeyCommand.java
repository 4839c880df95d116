package hv.keyboard;

import hv.api.device.Devices;
import hv.api.device.GuestCommand;
import hv.api.device.GuestKeyboard;
import java.util.ArrayList;
import java.util.List;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** {@code hv:key}: presses keys of a guest's keyboard. */
@Component(
        service = KeyCommand.class,
        property = {"osgi.command.scope=hv", "osgi.command.function=key", "hv.usage=" + KeyCommand.USAGE})
public final class KeyCommand {
    static final String USAGE = "KEY... [--partition ID]";
    private static final int LONGEST_WORD = 40;

    /** So many keys wait for the guest at most, and each goes down and up. */
    private static final int MOST_STROKES = 64;

    private static final GuestCommand HELP = new GuestCommand(
            "key",
            USAGE,
            "presses keys of a running guest's keyboard, one after another, or together as ctrl-alt-del: letters and"
                    + " digits, enter, esc, tab, space, backspace, shift, ctrl, alt, meta, del, up, f1 and so on",
            "key ctrl-alt-del",
            List.of(),
            List.of());

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    private volatile Devices devices;

    /** The command. */
    public void key(String... words) {
        HELP.read(words).ifPresent(this::run);
    }

    private void run(GuestCommand.Typed typed) {
        List<Stroke> strokes = new ArrayList<>();
        for (String word : typed.words()) {
            strokes.addAll(KeyNames.combination(word)
                    .orElseThrow(
                            () -> HELP.refuse("knows no key '%s'".formatted(GuestCommand.shown(word, LONGEST_WORD)))));
        }
        if (strokes.isEmpty() || strokes.size() > MOST_STROKES) {
            throw HELP.refuse("takes keys, %d at most".formatted(MOST_STROKES / 2));
        }
        GuestCommand.Offered<GuestKeyboard> guest = HELP.find(devices, typed, GuestKeyboard.class, "keyboard");
        GuestKeyboard keyboard = guest.service();
        for (Stroke stroke : strokes) {
            boolean isTaken = HELP.ask(() -> keyboard.key(stroke.code(), stroke.isExtended(), stroke.isPressed()));
            if (!isTaken) {
                String why = HELP.ask(keyboard::isPossible)
                        ? "does not take any more keys"
                        : "has no driver for its keyboard";
                throw HELP.failed("partition %d %s".formatted(guest.partition(), why));
            }
        }
    }
}
