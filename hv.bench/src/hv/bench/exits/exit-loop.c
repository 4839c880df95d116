/*
 * The least a VMM can do for a filtered RDMSR: KVM_RUN, store a value, again. The same guest, VM set-up and measure as the Java side.
 *
 *   exit-loop GUEST-BYTES-IN-HEX kickable|bare
 *
 * "kickable" is the set-up of a vCPU that other threads can get out of the guest, which every VMM needs: a signal that is unblocked only
 * inside KVM_RUN, and a second thread, with which the kernel counts references to the vCPU's file. "bare" goes without.
 *
 * For each line on standard input the guest runs one round, which ends at its OUT; prints the round's nanoseconds.
 */
#include <fcntl.h>
#include <linux/kvm.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define MEMORY_BYTES 0x100000
#define CODE 0x10000

static int must(int result, const char *what)
{
    if (result < 0) {
        perror(what);
        exit(1);
    }
    return result;
}

static int64_t nanos(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static void *other(void *unused)
{
    for (;;)
        pause();
    return unused;
}

static void make_kickable(int vcpu)
{
    sigset_t kick, old;
    sigemptyset(&kick);
    sigaddset(&kick, SIGRTMIN + 9);
    sigprocmask(SIG_BLOCK, &kick, &old);
    struct kvm_signal_mask *mask = calloc(1, sizeof *mask + 8);
    mask->len = 8;
    memcpy(mask->sigset, &old, 8);
    must(ioctl(vcpu, KVM_SET_SIGNAL_MASK, mask), "KVM_SET_SIGNAL_MASK");
    pthread_t thread;
    must(-pthread_create(&thread, NULL, other, NULL), "pthread_create");
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    int kvm = must(open("/dev/kvm", O_RDWR | O_CLOEXEC), "open");
    int vm = must(ioctl(kvm, KVM_CREATE_VM, 0), "KVM_CREATE_VM");
    must(ioctl(vm, KVM_SET_TSS_ADDR, 0xfffbd000UL), "KVM_SET_TSS_ADDR");
    must(ioctl(vm, KVM_CREATE_IRQCHIP, 0), "KVM_CREATE_IRQCHIP");

    struct kvm_enable_cap exits_to_user = {
        .cap = KVM_CAP_X86_USER_SPACE_MSR, .args = {KVM_MSR_EXIT_REASON_FILTER}};
    must(ioctl(vm, KVM_ENABLE_CAP, &exits_to_user), "KVM_ENABLE_CAP");
    static uint8_t denied[0x200 / 8];
    struct kvm_msr_filter filter = {.flags = KVM_MSR_FILTER_DEFAULT_ALLOW};
    filter.ranges[0].flags = KVM_MSR_FILTER_READ | KVM_MSR_FILTER_WRITE;
    filter.ranges[0].base = 0x40000000;
    filter.ranges[0].nmsrs = 0x200;
    filter.ranges[0].bitmap = denied;
    must(ioctl(vm, KVM_X86_SET_MSR_FILTER, &filter), "KVM_X86_SET_MSR_FILTER");

    uint8_t *memory = mmap(NULL, MEMORY_BYTES, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    for (size_t i = 0; argv[1][2 * i]; i++)
        sscanf(argv[1] + 2 * i, "%2hhx", memory + CODE + i);
    struct kvm_userspace_memory_region slot = {
        .memory_size = MEMORY_BYTES, .userspace_addr = (uintptr_t)memory};
    must(ioctl(vm, KVM_SET_USER_MEMORY_REGION, &slot), "KVM_SET_USER_MEMORY_REGION");

    int vcpu = must(ioctl(vm, KVM_CREATE_VCPU, 0), "KVM_CREATE_VCPU");
    int run_bytes = must(ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0), "KVM_GET_VCPU_MMAP_SIZE");
    struct kvm_run *run = mmap(NULL, run_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu, 0);
    struct kvm_cpuid2 *cpuid = calloc(1, sizeof *cpuid + 256 * sizeof cpuid->entries[0]);
    cpuid->nent = 256;
    must(ioctl(kvm, KVM_GET_SUPPORTED_CPUID, cpuid), "KVM_GET_SUPPORTED_CPUID");
    must(ioctl(vcpu, KVM_SET_CPUID2, cpuid), "KVM_SET_CPUID2");

    struct kvm_sregs sregs;
    must(ioctl(vcpu, KVM_GET_SREGS, &sregs), "KVM_GET_SREGS");
    struct kvm_segment flat = {.limit = 0xffffffff, .selector = 0x10, .type = 3, .present = 1, .db = 1, .s = 1, .g = 1};
    sregs.ds = sregs.es = sregs.fs = sregs.gs = sregs.ss = flat;
    flat.selector = 0x08;
    flat.type = 11;
    sregs.cs = flat;
    sregs.cr0 = 0x33;
    must(ioctl(vcpu, KVM_SET_SREGS, &sregs), "KVM_SET_SREGS");
    struct kvm_regs regs = {.rip = CODE, .rflags = 2};
    must(ioctl(vcpu, KVM_SET_REGS, &regs), "KVM_SET_REGS");

    if (!strcmp(argv[2], "kickable"))
        make_kickable(vcpu);

    int64_t start = 0;
    for (;;) {
        must(ioctl(vcpu, KVM_RUN, 0), "KVM_RUN");
        if (run->exit_reason == KVM_EXIT_X86_RDMSR) {
            run->msr.data = 0;
            run->msr.error = 0;
        } else if (run->exit_reason == KVM_EXIT_IO) {
            char line[16];
            if (start) {
                printf("%lld\n", (long long)(nanos() - start));
                fflush(stdout);
            }
            if (!fgets(line, sizeof line, stdin))
                return 0;
            start = nanos();
        } else {
            fprintf(stderr, "exit reason %u\n", run->exit_reason);
            return 1;
        }
    }
}
