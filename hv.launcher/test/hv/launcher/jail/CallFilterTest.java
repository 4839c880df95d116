package hv.launcher.jail;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The filter's program, run by an interpreter of the kernel's classic BPF (linux/filter.h) on calls of x86-64. */
class CallFilterTest {
    private static final int EPERM = CallFilter.ERRNO | 1;
    private static final int EAFNOSUPPORT = CallFilter.ERRNO | 97;
    private static final int ENOSYS = CallFilter.ERRNO | 38;
    private static final int AUDIT_ARCH_I386 = 0x40000003;
    private static final int IOCTL = 16;
    private static final int SOCKET = 41;
    private static final int MOST_INSTRUCTIONS = 4096;

    private final byte[] shipped = CallFilter.compile(list(), List.of("1"));

    private static List<String> list() {
        try {
            return Files.readAllLines(Path.of("jail/calls.txt"));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    @DisplayName("Every number that is listed is allowed with some argument, every other one does not exist (ENOSYS)")
    void everyNumber() {
        Set<Integer> listed = list().stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .map(line -> Integer.parseInt(line.split(" ")[1]))
                .collect(Collectors.toSet());
        Set<Integer> conditional = Set.of(IOCTL, 56, 157, SOCKET, 53);
        for (int number = 0; number < 1024; number++) {
            if (!conditional.contains(number)) {
                assertEquals(listed.contains(number) ? CallFilter.ALLOW : ENOSYS, answer(number), "call " + number);
            }
        }
        assertTrue(listed.containsAll(conditional));
    }

    @ParameterizedTest(name = "{0} ({1})")
    @CsvSource({
        "ptrace, 101",
        "mount, 165",
        "umount2, 166",
        "pivot_root, 155",
        "chroot, 161",
        "move_mount, 429",
        "open_tree, 428",
        "fsopen, 430",
        "bpf, 321",
        "keyctl, 250",
        "add_key, 248",
        "request_key, 249",
        "perf_event_open, 298",
        "userfaultfd, 323",
        "kexec_load, 246",
        "kexec_file_load, 320",
        "init_module, 175",
        "finit_module, 313",
        "delete_module, 176",
        "io_uring_setup, 425",
        "io_uring_enter, 426",
        "io_uring_register, 427",
        "setns, 308",
        "unshare, 272",
        "clone3, 435",
        "personality, 135",
        "process_vm_readv, 310",
        "process_vm_writev, 311",
        "pidfd_getfd, 438",
        "open_by_handle_at, 304",
        "name_to_handle_at, 303",
        "setuid, 105",
        "capset, 126",
        "seccomp, 317",
        "reboot, 169",
        "swapon, 167",
        "iopl, 172",
        "ioperm, 173",
        "symlink, 88",
        "link, 86",
        "mknod, 133",
        "memfd_create, 319",
        "quotactl, 179",
        "syslog, 103",
        "acct, 163",
        "sethostname, 170",
        "settimeofday, 164",
        "clock_settime, 227",
        "fanotify_init, 300",
        "lookup_dcookie, 212",
        "modify_ldt, 154",
        "vmsplice, 278"
    })
    @DisplayName("What a JVM on KVM never needs does not exist in the jail")
    void neverNeeded(String name, int number) {
        assertEquals(ENOSYS, answer(number), name);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "KVM_RUN, 0xae80, true",
        "KVM_SET_REGS, 0x4090ae82, true",
        "KVM_GET_API_VERSION, 0xae00, true",
        "TCGETS, 0x5401, true",
        "TCSETSF, 0x5404, true",
        "TIOCGWINSZ, 0x5413, true",
        "FIONREAD, 0x541b, true",
        "TIOCSTI, 0x5412, false",
        "TIOCLINUX, 0x541c, false",
        "TIOCSCTTY, 0x540e, false",
        "TIOCSPGRP, 0x5410, false",
        "TIOCCONS, 0x541d, false",
        "SIOCGIFCONF, 0x8912, false",
        "BLKROGET, 0x125e, false",
        "FS_IOC_SETFLAGS, 0x40086602, false"
    })
    @DisplayName("An ioctl is KVM's or one of a few that ask and set a terminal; nothing types into it (TIOCSTI)")
    void ioctl(String name, String request, boolean isAllowed) {
        long value = Long.decode(request);
        assertEquals(isAllowed ? CallFilter.ALLOW : EPERM, answer(IOCTL, 3, value), name);
        // The kernel looks at the lower half only, so the upper one must not matter here.
        assertEquals(isAllowed ? CallFilter.ALLOW : EPERM, answer(IOCTL, 3, value | 1L << 32), name);
    }

    @Test
    @DisplayName("A thread may be made, a namespace may not, with clone")
    void newThreads() {
        int thread = 0x003D0F00;
        assertEquals(CallFilter.ALLOW, answer(56, thread));
        assertEquals(CallFilter.ALLOW, answer(56, 0x4111), "a process, as posix_spawn makes it");
        for (int namespace :
                new int[] {0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000}) {
            assertEquals(EPERM, answer(56, thread | namespace), Integer.toHexString(namespace));
        }
    }

    @Test
    @DisplayName("Sockets are local ones without network, and IP alone with it")
    void families() {
        byte[] network = CallFilter.compile(list(), List.of("2", "10"));
        for (int family = 0; family < 64; family++) {
            assertEquals(family == 1 ? CallFilter.ALLOW : EAFNOSUPPORT, answer(SOCKET, family));
            int expected = family == 2 || family == 10 ? CallFilter.ALLOW : EAFNOSUPPORT;
            assertEquals(expected, run(network, CallFilter.X86_64, SOCKET, family));
        }
    }

    @Test
    @DisplayName("A call by the 32-bit or the x32 interface, where numbers mean something else, ends the process")
    void otherInterfaces() {
        assertEquals(CallFilter.KILL_PROCESS, run(shipped, AUDIT_ARCH_I386, 3));
        assertEquals(CallFilter.KILL_PROCESS, answer(CallFilter.X32_BIT | 59));
        assertEquals(CallFilter.KILL_PROCESS, answer(-1));
    }

    @Test
    @DisplayName("What a KVM ioctl costs does not grow with the list: 9 instructions")
    void shortWay() {
        int[] steps = new int[1];
        run(shipped, CallFilter.X86_64, steps, IOCTL, 3, 0xAE80);
        assertEquals(9, steps[0]);
        assertTrue(shipped.length / 8 <= MOST_INSTRUCTIONS, "BPF_MAXINSNS");
    }

    @Test
    @DisplayName("A line that is none is refused with its text")
    void badLine() {
        for (String line :
                List.of("read", "read x", "read 0 arg9 in 1", "read 0 arg0 of 1", "read 0 arg0 in x", "read 70000")) {
            String message = assertThrows(
                            IllegalArgumentException.class, () -> CallFilter.compile(List.of(line), List.of()))
                    .getMessage();
            assertTrue(message.endsWith(": " + line), message);
        }
    }

    private int answer(int number, long... arguments) {
        return run(shipped, CallFilter.X86_64, number, arguments);
    }

    private static int run(byte[] program, int architecture, int number, long... arguments) {
        return run(program, architecture, new int[1], number, arguments);
    }

    /** Every program ends, since jumps go forward only. */
    private static int run(byte[] program, int architecture, int[] steps, int number, long... arguments) {
        ByteBuffer data = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
        data.putInt(number).putInt(architecture).putLong(0);
        for (long argument : arguments) {
            data.putLong(argument);
        }
        ByteBuffer code = ByteBuffer.wrap(program).order(ByteOrder.LITTLE_ENDIAN);
        int word = 0;
        for (int at = 0; ; at += 8) {
            steps[0]++;
            int value = code.getInt(at + 4);
            switch (code.getShort(at)) {
                case CallFilter.LOAD -> word = data.getInt(value);
                case CallFilter.AND -> word &= value;
                case CallFilter.JUMP_EQUAL -> at += 8 * Byte.toUnsignedInt(code.get(at + (word == value ? 2 : 3)));
                case CallFilter.JUMP_NOT_BELOW ->
                    at += 8 * Byte.toUnsignedInt(code.get(at + (Integer.compareUnsigned(word, value) >= 0 ? 2 : 3)));
                case CallFilter.RETURN -> {
                    return value;
                }
                default -> throw new AssertionError("instruction " + code.getShort(at));
            }
        }
    }
}
