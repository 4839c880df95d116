/*
 * A disk as a program sees it that trusts nobody. In the Linux guest; without its page cache (O_DIRECT).
 *
 *   blocks run DEVICE MIB     writes and reads blocks anywhere with four threads, MIB in all, and looks whether each holds what
 *                             was last written there; flushes now and then, and gives ranges back
 *   blocks durable DEVICE     writes a record, flushes, says its number, and so on without an end: what was said must be
 *                             there whatever happens to the machine
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/fs.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define UNIT 16384
#define THREADS 4
#define RECORD 4096

static int disk;
static uint64_t units;
static uint32_t *versions;
static long wanted;
static long moved, wrong, failed, flushes, discards;

static uint64_t next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static void content(uint64_t *to, uint64_t unit, uint32_t version)
{
    uint64_t state = unit * 0x9E3779B97F4A7C15ull + version + 1;
    for (int i = 0; i < UNIT / 8; i++)
        to[i] = version ? next(&state) : 0;
}

/* Each thread has units of its own, so that it knows what is in them. */
static void *work(void *argument)
{
    uint64_t me = (uint64_t)(uintptr_t)argument, state = me + 88172645463325252ull;
    uint64_t *data, *expected;
    if (posix_memalign((void **)&data, 4096, UNIT) || posix_memalign((void **)&expected, 4096, UNIT))
        exit(1);
    while (__atomic_load_n(&moved, __ATOMIC_RELAXED) < wanted) {
        uint64_t unit = next(&state) % (units / THREADS) * THREADS + me;
        int what = next(&state) % 32;
        if (what == 0) {
            if (fdatasync(disk))
                __atomic_add_fetch(&failed, 1, __ATOMIC_RELAXED);
            __atomic_add_fetch(&flushes, 1, __ATOMIC_RELAXED);
            continue;
        }
        if (what == 1) {
            uint64_t range[2] = {unit * UNIT, UNIT};
            if (ioctl(disk, BLKDISCARD, range) == 0) {
                versions[unit] = 0;
                __atomic_add_fetch(&discards, 1, __ATOMIC_RELAXED);
            }
            continue;
        }
        if (what < 16) {
            content(data, unit, ++versions[unit]);
            if (pwrite(disk, data, UNIT, unit * UNIT) != UNIT)
                __atomic_add_fetch(&failed, 1, __ATOMIC_RELAXED);
        } else {
            content(expected, unit, versions[unit]);
            memset(data, 0x5A, UNIT);
            if (pread(disk, data, UNIT, unit * UNIT) != UNIT)
                __atomic_add_fetch(&failed, 1, __ATOMIC_RELAXED);
            else if (memcmp(data, expected, UNIT))
                __atomic_add_fetch(&wrong, 1, __ATOMIC_RELAXED);
        }
        __atomic_add_fetch(&moved, UNIT, __ATOMIC_RELAXED);
    }
    return NULL;
}

static int run(long mib)
{
    pthread_t threads[THREADS];
    wanted = mib << 20;
    versions = calloc(units, sizeof *versions);
    static char zeroes[1 << 16] __attribute__((aligned(4096)));
    for (uint64_t at = 0; at + sizeof zeroes <= units * UNIT; at += sizeof zeroes)
        if (pwrite(disk, zeroes, sizeof zeroes, at) != sizeof zeroes)
            failed++;
    for (uintptr_t i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, work, (void *)i);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    printf("lab: blocks run mib=%ld wrong=%ld failed=%ld flushes=%ld discards=%ld\n", moved >> 20, wrong, failed, flushes, discards);
    return wrong || failed;
}

static int durable(void)
{
    static char record[RECORD] __attribute__((aligned(4096)));
    uint64_t places = units * UNIT / RECORD;
    for (uint64_t number = 1;; number++) {
        memset(record, 0, sizeof record);
        snprintf(record, sizeof record, "record %llu\n", (unsigned long long)number);
        if (pwrite(disk, record, RECORD, number % places * RECORD) != RECORD || fdatasync(disk)) {
            printf("lab: durable failed at %llu\n", (unsigned long long)number);
            return 1;
        }
        printf("lab: durable %llu\n", (unsigned long long)number);
        fflush(stdout);
    }
}

int main(int count, char **words)
{
    uint64_t bytes = 0;
    if (count < 3)
        return 2;
    disk = open(words[2], O_RDWR | O_DIRECT);
    if (disk < 0 || ioctl(disk, BLKGETSIZE64, &bytes)) {
        perror("lab: blocks");
        return 1;
    }
    units = bytes / UNIT;
    return count > 3 ? run(atol(words[3])) : durable();
}
