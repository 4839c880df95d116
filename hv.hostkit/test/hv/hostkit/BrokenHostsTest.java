package hv.hostkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.GuestMemory;
import hv.api.HostFacts;
import hv.api.LocalApic;
import hv.api.PowerEvent;
import hv.api.VpSet;
import hv.api.host.GuestPartition;
import hv.api.host.Host;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("A host that breaks a rule is told so by that rule")
class BrokenHostsTest {
    private static final byte[] CODE = {0x0F, 0x01, (byte) 0xC1, (byte) 0xC3};

    /**
     * A way to break a rule.
     *
     * @param rule how the rule begins
     * @param advice what its message must say
     * @param broken makes such a subject
     */
    private record Case(String rule, String advice, Supplier<HostSubject> broken) {
        @Override
        public String toString() {
            return rule + ": " + advice;
        }
    }

    private static Case host(String rule, String advice, Function<Host, Host> broken) {
        return new Case(rule, advice, () -> {
            Loops loops = new Loops();
            return loops.behind(broken.apply(loops.hosted));
        });
    }

    private static Case memory(String rule, String advice, Function<GuestMemory, GuestMemory> broken) {
        return host(rule, advice, behind -> {
            GuestMemory memory = broken.apply(behind.memory());
            return new FrontHost(behind) {
                @Override
                public GuestMemory memory() {
                    return memory;
                }
            };
        });
    }

    private static void hang() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static Stream<Case> facts() {
        AtomicLong asked = new AtomicLong();
        return Stream.of(
                host("The name", "Host.name() must give", behind -> new FrontHost(behind) {
                    @Override
                    public String name() {
                        return "two\nlines";
                    }
                }),
                host("The facts", "Host.facts() has changed", behind -> new FrontHost(behind) {
                    @Override
                    public HostFacts facts() {
                        return HostFacts.builder(
                                        super.facts().vendor(),
                                        1_000_000_000L + asked.incrementAndGet(),
                                        1_000_000_000L)
                                .build();
                    }
                }),
                host("A partition can be made", "implement", behind -> new Bare(behind) {
                    @Override
                    public HostFacts facts() {
                        return behind.facts().toBuilder().everything().build();
                    }
                }),
                host("The code", "give a copy each time", behind -> {
                    byte[] shared = CODE.clone();
                    return new FrontHost(behind) {
                        @Override
                        public byte[] hypercallPage() {
                            return shared;
                        }
                    };
                }),
                host("The code", "1 to 4096 bytes", behind -> new FrontHost(behind) {
                    @Override
                    public byte[] hypercallPage() {
                        return new byte[0];
                    }
                }));
    }

    /** A host with none of the optional methods. */
    private static class Bare implements Host {
        final Host behind;

        Bare(Host behind) {
            this.behind = behind;
        }

        @Override
        public String name() {
            return "bare";
        }

        @Override
        public HostFacts facts() {
            HostFacts all = behind.facts();
            return HostFacts.builder(all.vendor(), all.tscFrequencyHz(), all.apicFrequencyHz())
                    .build();
        }

        @Override
        public GuestMemory memory() {
            return behind.memory();
        }

        @Override
        public long guestTsc() {
            return behind.guestTsc();
        }

        @Override
        public byte[] hypercallPage() {
            return CODE.clone();
        }

        @Override
        public void kick(int vp) {
            behind.kick(vp);
        }

        @Override
        public void interrupt(int vp, int vector) {
            behind.interrupt(vp, vector);
        }

        @Override
        public void power(PowerEvent event) {
            behind.power(event);
        }
    }

    static Stream<Case> memories() {
        return Stream.of(
                host("Memory is always", "keep one in a field", behind -> new FrontHost(behind) {
                    @Override
                    public GuestMemory memory() {
                        return new BrokenMemory(behind.memory());
                    }
                }),
                memory("isRam", "beware of sums that overflow", behind -> new BrokenMemory(behind) {
                    @Override
                    public boolean isRam(long gpa, long bytes) {
                        return gpa >= 0 && gpa + bytes <= endGpa();
                    }
                }),
                memory("Values are little-endian", "little-endian", behind -> new BrokenMemory(behind) {
                    @Override
                    public void putLong(long gpa, long value) {
                        byte[] bytes =
                                ByteBuffer.allocate(Long.BYTES).putLong(value).array();
                        write(gpa, bytes, 0, bytes.length);
                    }
                }),
                memory("An access outside RAM", "check the whole range first", behind -> new BrokenMemory(behind) {
                    @Override
                    public void putLong(long gpa, long value) {
                        putInt(gpa, (int) value);
                        putInt(gpa + 4, (int) (value >> 32));
                    }
                }),
                memory("An access outside RAM", "does not throw", behind -> new BrokenMemory(behind) {
                    @Override
                    public int getInt(long gpa) {
                        return isRam(gpa, 4) ? super.getInt(gpa) : 0;
                    }
                }),
                memory("What is said to be atomic", "VarHandle", behind -> new BrokenMemory(behind) {
                    @Override
                    public boolean compareAndSetLong(long gpa, long expected, long value) {
                        boolean isExpected = getLong(gpa) == expected;
                        if (isExpected) {
                            Thread.yield();
                            putLong(gpa, value);
                        }
                        return isExpected;
                    }
                }));
    }

    static Stream<Case> clocks() {
        return Stream.of(
                host("The TSC runs", "in Hz", behind -> new FrontHost(behind) {
                    @Override
                    public long guestTsc() {
                        return System.nanoTime() / 1000;
                    }
                }),
                host("The TSC is one", "one counter", behind -> new FrontHost(behind) {
                    @Override
                    public long guestTsc() {
                        return super.guestTsc()
                                + System.identityHashCode(Thread.currentThread()) % 1000 * 10_000_000_000L;
                    }
                }));
    }

    static Stream<Case> vps() {
        return Stream.of(
                host("A kick before", "from the moment the partition is made", behind -> new FrontHost(behind) {
                    @Override
                    public void kick(int vp) {
                        throw new IllegalStateException("no thread yet");
                    }
                }),
                host("A kick makes", "Host.kick(0) must make it leave", behind -> new FrontHost(behind) {
                    private final Set<Integer> kicked = new HashSet<>();

                    @Override
                    public synchronized void kick(int vp) {
                        // The first one only.
                        if (kicked.add(vp)) {
                            super.kick(vp);
                        }
                    }
                }),
                new Case("Each VP has one thread", "one thread of its own", () -> new Loops() {
                    @Override
                    void loop(GuestPartition partition, int index) {
                        while (!isOver) {
                            Thread next = new Thread(() -> partition.vp(index).drain());
                            next.start();
                            try {
                                next.join();
                            } catch (InterruptedException e) {
                                return;
                            }
                            if (!hosted.takeKick(index)) {
                                LockSupport.park(this);
                            }
                        }
                    }
                }),
                host("A kick does not wait", "leave it a mark and return", behind -> new FrontHost(behind) {
                    private final CountDownLatch isBusy = new CountDownLatch(20);

                    @Override
                    public void kick(int vp) {
                        super.kick(vp);
                        isBusy.countDown();
                        if (isBusy.getCount() == 0) {
                            hang();
                        }
                    }
                }),
                host("Interrupts", "waits or throws", behind -> new FrontHost(behind) {
                    @Override
                    public void interrupt(int vp, int vector) {
                        if (vector < 32) {
                            throw new IllegalArgumentException("no vector: " + vector);
                        }
                        super.interrupt(vp, vector);
                    }
                }),
                host("Interrupts", "is lost", behind -> new FrontHost(behind) {
                    @Override
                    public void interrupt(int vp, int vector) {
                        if (vector != 200) {
                            super.interrupt(vp, vector);
                        }
                    }
                }),
                host("A request of the guest", "note it and return", behind -> new FrontHost(behind) {
                    @Override
                    public void power(PowerEvent event) {
                        hang();
                    }
                }),
                host("A VP that spins", "no more", behind -> new FrontHost(behind) {
                    @Override
                    public void spinning(int vp) {
                        hang();
                    }
                }));
    }

    static Stream<Case> promises() {
        return Stream.of(
                host("If tlbFlush", "gives false", behind -> new FrontHost(behind) {
                    @Override
                    public boolean flushTlb(int caller, VpSet targets) {
                        return false;
                    }
                }),
                host("If vpRunTime", "unit is 100 ns", behind -> new FrontHost(behind) {
                    @Override
                    public long vpRunTime100ns(int vp) {
                        return System.nanoTime();
                    }
                }),
                host("If vpRunTime", "went back", behind -> new FrontHost(behind) {
                    private final AtomicLong time = new AtomicLong();

                    @Override
                    public long vpRunTime100ns(int vp) {
                        return time.decrementAndGet();
                    }
                }),
                host("If apicAccess", "the same APIC", behind -> new FrontHost(behind) {
                    @Override
                    public Optional<LocalApic> apic(int vp) {
                        return super.apic(0);
                    }
                }),
                host("If autoEoi", "waits or throws", behind -> new FrontHost(behind) {
                    @Override
                    public void interruptAutoEoi(int vp, int vector) {
                        throw new UnsupportedOperationException("later");
                    }
                }));
    }

    static Stream<Case> all() {
        return Stream.of(facts(), memories(), clocks(), vps(), promises()).flatMap(cases -> cases);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("all")
    @DisplayName("The rule fails and says what to change")
    void caught(Case each) {
        Rule rule = Rules.all().stream()
                .filter(one -> one.text().startsWith(each.rule()))
                .findFirst()
                .orElseThrow();
        HostContract contract = new HostContract() {
            @Override
            protected HostSubject open(int vps) {
                return each.broken().get();
            }
        };
        AssertionError failure = assertThrows(AssertionError.class, () -> contract.check(rule));
        assertTrue(failure.getMessage().contains(each.advice()), failure::getMessage);
    }

    @Test
    @DisplayName("Every rule is broken by some host here")
    void everyRule() {
        Set<String> broken = new HashSet<>();
        all().forEach(each -> Rules.all().stream()
                .filter(rule -> rule.text().startsWith(each.rule()))
                .forEach(rule -> broken.add(rule.text())));
        Set<String> rules = new HashSet<>();
        Rules.all().forEach(rule -> rules.add(rule.text()));
        assertEquals(rules, broken);
    }
}
