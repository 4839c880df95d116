/*
 * Does in a Linux guest what shell scripts cannot: makes the kernel flush other processors' TLBs and looks whether they saw it, looks whether
 * CLOCK_MONOTONIC goes back between processors, measures timers.
 *
 *   storm run SECONDS          threads on all processors: page exchange and clock
 *   storm ping COUNT [SECONDS] two processes on different processors wake each other through pipes
 *   storm sleep COUNT          sleeps of 20 ms: how late
 *
 * Page exchange: the first thread replaces the page at a fixed address by a fresh one, writes generation g into it, and then publishes g.
 * Whoever has seen g published may find g or more there, or 0 in a page that is fresher still; less than g means that its processor
 * used a translation of a page that has been unmapped. The kernel must have flushed it, with a hypercall when there is one, before the
 * exchange was over.
 *
 * Each command prints one line "lab: storm ..." and ends with status 0 if nothing was wrong.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MOST_CPUS = 64, PAGE = 4096 };
static const uint64_t NS_PER_S = 1000000000;

static _Atomic uint64_t *page;
static _Atomic uint64_t published, latest, backwards, stale, reads, looks;
static atomic_int stop;

static uint64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * NS_PER_S + t.tv_nsec;
}

static int pin(int cpu)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    return sched_setaffinity(0, sizeof set, &set);
}

/* Nobody's later reading may be before a reading that has been made known. */
static void look_at_clock(void)
{
    uint64_t known = atomic_load(&latest);
    uint64_t mine = now();
    if (mine < known)
        atomic_fetch_add(&backwards, 1);
    while (mine > known && !atomic_compare_exchange_weak(&latest, &known, mine))
        ;
    atomic_fetch_add(&looks, 1);
}

static void *reader(void *cpu)
{
    if (pin((int)(intptr_t)cpu))
        exit(3);
    while (!atomic_load(&stop)) {
        for (int i = 0; i < 64; i++) {
            uint64_t g = atomic_load(&published);
            uint64_t found = atomic_load(page);
            if (found && found < g)
                atomic_fetch_add(&stale, 1);
        }
        atomic_fetch_add(&reads, 64);
        look_at_clock();
    }
    return NULL;
}

static int exchange(void)
{
    void *fresh = mmap((void *)page, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    if (fresh == MAP_FAILED)
        return -1;
    uint64_t g = atomic_load(&published) + 1;
    atomic_store(page, g);
    atomic_store(&published, g);
    return 0;
}

static int run(unsigned seconds)
{
    int cpus = (int)sysconf(_SC_NPROCESSORS_ONLN);
    pthread_t threads[MOST_CPUS];
    page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED || cpus > MOST_CPUS || pin(0))
        return 3;
    for (int cpu = 1; cpu < cpus; cpu++)
        if (pthread_create(&threads[cpu], NULL, reader, (void *)(intptr_t)cpu))
            return 3;
    uint64_t end = now() + seconds * NS_PER_S;
    while (now() < end) {
        if (exchange())
            return 3;
        look_at_clock();
    }
    atomic_store(&stop, 1);
    for (int cpu = 1; cpu < cpus; cpu++)
        pthread_join(threads[cpu], NULL);
    printf("lab: storm run cpus %d exchanges %llu reads %llu stale %llu looks %llu backwards %llu\n", cpus,
           (unsigned long long)published, (unsigned long long)reads, (unsigned long long)stale,
           (unsigned long long)looks, (unsigned long long)backwards);
    return stale || backwards;
}

static int ping(unsigned count, unsigned seconds)
{
    int there[2], back[2];
    int cpus = (int)sysconf(_SC_NPROCESSORS_ONLN);
    uint32_t token = 0;
    if (pipe(there) || pipe(back))
        return 3;
    pid_t child = fork();
    if (child < 0)
        return 3;
    if (child == 0) {
        close(there[1]);
        if (pin(cpus - 1))
            _exit(3);
        while (read(there[0], &token, sizeof token) == sizeof token) {
            token++;
            if (write(back[1], &token, sizeof token) != sizeof token)
                _exit(3);
        }
        _exit(0);
    }
    if (pin(0))
        return 3;
    unsigned done = 0, wrong = 0;
    uint64_t start = now(), end = start + seconds * NS_PER_S;
    while (done < count && now() < end) {
        token = done * 2;
        if (write(there[1], &token, sizeof token) != sizeof token || read(back[0], &token, sizeof token) != sizeof token)
            return 3;
        wrong += token != done * 2 + 1;
        done++;
    }
    uint64_t took = now() - start;
    int status;
    close(there[1]);
    waitpid(child, &status, 0);
    printf("lab: storm ping count %u wrong %u us_each %llu\n", done, wrong, (unsigned long long)(took / 1000 / (done ? done : 1)));
    return wrong || status;
}

static int sleeps(unsigned count)
{
    const uint64_t wanted = 20 * 1000000;
    uint64_t worst = 0, early = 0;
    for (unsigned i = 0; i < count; i++) {
        struct timespec t = {0, (long)wanted};
        uint64_t start = now();
        while (nanosleep(&t, &t) && errno == EINTR)
            ;
        uint64_t took = now() - start;
        if (took < wanted)
            early++;
        else if (took - wanted > worst)
            worst = took - wanted;
    }
    printf("lab: storm sleep count %u early %llu worst_late_us %llu\n", count, (unsigned long long)early,
           (unsigned long long)(worst / 1000));
    return early != 0;
}

int main(int argc, char **argv)
{
    unsigned number = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 0;
    unsigned seconds = argc > 3 ? (unsigned)strtoul(argv[3], NULL, 10) : 60;
    if (argc > 2 && !strcmp(argv[1], "run"))
        return run(number);
    if (argc > 2 && !strcmp(argv[1], "ping"))
        return ping(number, seconds);
    if (argc > 2 && !strcmp(argv[1], "sleep"))
        return sleeps(number);
    fprintf(stderr, "storm run SECONDS | ping COUNT [SECONDS] | sleep COUNT\n");
    return 2;
}
