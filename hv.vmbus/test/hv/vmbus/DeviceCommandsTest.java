package hv.vmbus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.device.Devices;
import hv.api.device.GuestDevices;
import hv.api.dto.DeviceDTO;
import hv.api.dto.PlaceDTO;
import hv.keyboard.KeyCommand;
import hv.kvp.KvpCommand;
import hv.shutdown.ShutdownCommand;
import hv.vss.FreezeCommand;
import hv.vss.ThawCommand;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("The commands that the bundles of devices bring")
class DeviceCommandsTest {
    /** What commands have asked guests for. */
    private final List<String> asked = new ArrayList<>();

    private int status;

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private Devices guests(int... partitions) {
        List<GuestDevices> all = new ArrayList<>();
        for (int partition : partitions) {
            all.add(guest(partition));
        }
        return proxy(Devices.class, (self, method, words) -> all);
    }

    private GuestDevices guest(int partition) {
        return proxy(GuestDevices.class, (self, method, words) -> switch (method.getName()) {
            case "partition" -> partition;
            case "all" -> List.of(device("other"), device("mine"));
            case "service" ->
                words[0].equals("mine") ? Optional.of(service(partition, (Class<?>) words[1])) : Optional.empty();
            default -> throw new AssertionError(method);
        });
    }

    private static DeviceDTO device(String name) {
        return new DeviceDTO(name, name, PlaceDTO.State.IN_PLACE, "b;1", Instant.EPOCH, "open", 1, 0, 0, "", Map.of());
    }

    private Object service(int partition, Class<?> type) {
        return proxy(type, (self, method, words) -> {
            if (method.getName().equals("guest")) {
                return Map.of("OSName", "a\u001b[31mb", "x".repeat(100), "y".repeat(1_000));
            }
            if (method.getName().equals("addresses")) {
                return Map.of();
            }
            if (method.getReturnType() == boolean.class && words == null) {
                return false;
            }
            asked.add(partition + " " + method.getName() + (words == null ? "" : " " + List.of(words(words))));
            return method.getReturnType() == boolean.class
                    ? (Object) (status == 0)
                    : method.getName().equals("refresh")
                            ? CompletableFuture.completedFuture(null)
                            : CompletableFuture.completedFuture(status);
        });
    }

    private static Object[] words(Object[] words) {
        Object[] shown = words.clone();
        for (int i = 0; i < shown.length; i++) {
            shown[i] = String.valueOf(shown[i]);
        }
        return shown;
    }

    /** Types a line; gives what is printed. */
    private String type(Devices devices, String line) {
        List<String> words = List.of(line.split(" "));
        Object command = switch (words.get(0)) {
            case "shutdown" -> new ShutdownCommand();
            case "kvp" -> new KvpCommand();
            case "freeze" -> new FreezeCommand();
            case "thaw" -> new ThawCommand();
            case "key" -> new KeyCommand();
            default -> throw new AssertionError(line);
        };
        PrintStream before = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            Field field = command.getClass().getDeclaredField("devices");
            field.setAccessible(true);
            field.set(command, devices);
            command.getClass().getMethod(words.get(0), String[].class).invoke(command, (Object)
                    words.subList(1, words.size()).toArray(String[]::new));
        } catch (InvocationTargetException e) {
            throw (RuntimeException) e.getCause();
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        } finally {
            System.setOut(before);
        }
        return printed.toString(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "shutdown|7 request [POWER_OFF]|partition 7 will power off",
                "shutdown --restart|7 request [RESTART]|partition 7 will restart",
                "shutdown 7 --restart|7 request [RESTART]|partition 7 will restart",
                "shutdown --partition=7|7 request [POWER_OFF]|partition 7 will power off",
                "kvp set role web|7 set [role, web]|set in partition 7",
                "kvp 7 delete role|7 set [role, null]|deleted in partition 7",
                "kvp|7 refresh|OSName: a?[31mb",
                "freeze|7 freeze [PT1M]|partition 7 is frozen, for 60 s at most; thaw ends that",
                "freeze 7 --most 5|7 freeze [PT5S]|partition 7 is frozen, for 5 s at most; thaw ends that",
                "thaw|7 thaw|partition 7 is not frozen",
            })
    @DisplayName("A command asks the guest and says what it has answered")
    void asks(String line, String expected, String says) {
        String printed = type(guests(7), line);
        assertEquals(List.of(expected), asked);
        assertTrue(printed.lines().anyMatch(says::equals), printed);
    }

    @Test
    @DisplayName("Keys go down in the order of a combination, and up in the other one")
    void keys() {
        type(guests(7), "key a ctrl-alt-del");
        assertEquals(
                List.of(
                        "7 key [30, false, true]",
                        "7 key [30, false, false]",
                        "7 key [29, false, true]",
                        "7 key [56, false, true]",
                        "7 key [83, true, true]",
                        "7 key [83, true, false]",
                        "7 key [56, false, false]",
                        "7 key [29, false, false]"),
                asked);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "shutdown now~shutdown does not know what to do with 'now'; usage: shutdown [PARTITION] [--restart] [--partition ID]",
                "shutdown --force~shutdown does not know '--force'; usage: shutdown [PARTITION] [--restart] [--partition ID]",
                "shutdown 8~shutdown: no partition 8 has a shutdown device",
                "shutdown --partition x~shutdown takes a number from 1 to 2147483647 for --partition, not 'x'; usage: shutdown [PARTITION] [--restart] [--partition ID]",
                "shutdown --partition~shutdown needs a value behind --partition; usage: shutdown [PARTITION] [--restart] [--partition ID]",
                "kvp set role~kvp takes set KEY VALUE, delete KEY, or nothing; usage: kvp [PARTITION] [set KEY VALUE | delete KEY] [--partition ID]",
                "freeze --most 0~freeze takes a number from 1 to 86400 for --most, not '0'; usage: freeze [PARTITION] [--most SECONDS] [--partition ID]",
                "key~key takes keys, 32 at most; usage: key KEY... [--partition ID]",
                "key ctrl-alt-boss~key knows no key 'ctrl-alt-boss'; usage: key KEY... [--partition ID]",
            })
    @DisplayName("What cannot be used is refused in one line that says what to type instead")
    void refuses(String line, String expected) {
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, () -> type(guests(7), line));
        assertEquals(expected, refused.getMessage());
        assertEquals(expected, refused.toString(), "as the shell prints it");
        assertEquals(List.of(), asked);
    }

    @Test
    @DisplayName("Without a guest that has devices, or with several, a command says so")
    void whichGuest() {
        assertRefused("shutdown: no running guest has devices", () -> type(null, "shutdown"));
        assertRefused("thaw: no running guest has devices", () -> type(guests(), "thaw"));
        assertRefused(
                "thaw needs to be told which guest, as in --partition 3; usage: thaw [PARTITION] [--partition ID]",
                () -> type(guests(3, 4), "thaw"));
        type(guests(3, 4), "thaw 4");
        assertEquals(List.of("4 thaw"), asked);
    }

    private static void assertRefused(String expected, Runnable line) {
        assertEquals(
                expected,
                assertThrows(IllegalArgumentException.class, line::run).getMessage());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "shutdown~shutdown: partition 7 refuses with status 0x80004005",
                "freeze~freeze: partition 7 refuses with status 0x80004005; does its program for backups run?",
                "kvp set a b~kvp: partition 7 refuses with status 0x80004005",
                "key a~key: partition 7 has no driver for its keyboard",
            })
    @DisplayName("A guest that refuses is told of in one line")
    void refusedByGuest(String line, String expected) {
        status = 0x8000_4005;
        IllegalStateException refused = assertThrows(IllegalStateException.class, () -> type(guests(7), line));
        assertEquals(expected, refused.getMessage());
        assertEquals(expected, refused.toString(), "as the shell prints it");
    }

    @ParameterizedTest
    @CsvSource({"shutdown", "kvp", "freeze", "thaw", "key"})
    @DisplayName("Every command explains itself with --help, with an example")
    void help(String verb) {
        String help = type(null, verb + " --help");
        assertTrue(help.startsWith("usage: " + verb + " "), help);
        assertTrue(help.contains("example: ./hv " + verb), help);
    }
}
