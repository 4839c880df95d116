/*
 * Does in a Linux guest what is seen of services on VMBus: writes to a file system that the host has frozen, and counts keys that the host
 * presses.
 *
 *   services write FILE SECONDS    writes numbered records one after another, and says when that took long
 *   services keys DEVICE SECONDS   counts what a keyboard's events say
 *
 * A writer that is held up is told from a machine that stands still by a second thread, which counts time in steps of 50 ms and touches no
 * file: it goes on while a file system is frozen, and stands still with the machine. SIGTERM ends both as the end of their time does. Lines
 * are "lab: KEY VALUE".
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/input.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { RECORDS = 4096, BEAT_MS = 50, LONG_MS = 400, KEYS = 256 };

static atomic_uint beats;
static volatile sig_atomic_t over;

static void end_soon(int unused)
{
    (void)unused;
    over = 1;
}

static uint64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void sleep_ms(unsigned ms)
{
    struct timespec t = {ms / 1000, ms % 1000 * 1000000L};
    while (nanosleep(&t, &t) && errno == EINTR)
        ;
}

static void *beat(void *unused)
{
    for (;;) {
        sleep_ms(BEAT_MS);
        atomic_fetch_add(&beats, 1);
    }
    return unused;
}

/* A record goes to its place on the disk before the next one is written; each is read again in the end. */
static int write_records(const char *name, unsigned seconds)
{
    int file = open(name, O_CREAT | O_TRUNC | O_RDWR, 0600);
    pthread_t thread;
    if (file < 0 || pthread_create(&thread, NULL, beat, NULL))
        return 3;
    uint64_t end = now_ms() + seconds * 1000ULL, count = 0, wrong = 0, found;
    while (!over && now_ms() < end) {
        uint64_t before = now_ms();
        unsigned beats_before = atomic_load(&beats);
        count++;
        if (pwrite(file, &count, sizeof count, (off_t)(count % RECORDS * sizeof count)) != sizeof count || fdatasync(file))
            return 3;
        uint64_t took = now_ms() - before;
        unsigned others = atomic_load(&beats) - beats_before;
        /* Twice, because a console that prints meanwhile, as the host does after a save, may tear one of the lines. */
        for (int i = 0; took >= LONG_MS && i < 2; i++) {
            printf("lab: held %llu ms from %llu with %u beats\n", (unsigned long long)took, (unsigned long long)before, others);
            fflush(stdout);
            sleep_ms(300);
        }
        sleep_ms(10);
    }
    for (uint64_t i = count >= RECORDS ? count - RECORDS + 1 : 1; i <= count; i++)
        wrong += pread(file, &found, sizeof found, (off_t)(i % RECORDS * sizeof i)) != sizeof found || found != i;
    printf("lab: written %llu wrong %llu\n", (unsigned long long)count, (unsigned long long)wrong);
    return wrong != 0;
}

/* A key that is let go of without having been pressed, or pressed twice, has lost something on its way. Repeats (2) are the guest's own. */
static int keys(const char *name, unsigned seconds)
{
    int device = open(name, O_RDONLY);
    if (device < 0)
        return 3;
    unsigned pressed = 0, released = 0, wrong = 0;
    char isDown[KEYS] = {0};
    uint64_t end = now_ms() + seconds * 1000ULL;
    while (!over && now_ms() < end) {
        struct pollfd ready = {device, POLLIN, 0};
        struct input_event event;
        if (poll(&ready, 1, 500) <= 0)
            continue;
        if (read(device, &event, sizeof event) != sizeof event)
            return 3;
        if (event.type != EV_KEY || event.code >= KEYS || event.value > 1)
            continue;
        wrong += isDown[event.code] == event.value;
        isDown[event.code] = (char)event.value;
        pressed += event.value == 1;
        released += event.value == 0;
    }
    printf("lab: keys pressed %u released %u wrong %u\n", pressed, released, wrong);
    return wrong != 0;
}

int main(int argc, char **argv)
{
    signal(SIGTERM, end_soon);
    unsigned seconds = argc == 4 ? (unsigned)strtoul(argv[3], NULL, 10) : 0;
    if (argc == 4 && !strcmp(argv[1], "write"))
        return write_records(argv[2], seconds);
    if (argc == 4 && !strcmp(argv[1], "keys"))
        return keys(argv[2], seconds);
    fprintf(stderr, "services write FILE SECONDS | keys DEVICE SECONDS\n");
    return 2;
}
