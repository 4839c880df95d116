/*
 * The smallest machine that boots a Linux kernel on KVM with KVM's own Hyper-V enlightenments: the reference that boots on hv are
 * measured against. No firmware, no devices but a serial port and a clock chip, and nothing of hv in it.
 *
 *   loader --kernel BZIMAGE --initrd FILE --append LINE --memory MIB --smp N
 *
 * The kernel is entered by the 64-bit boot protocol at its protected-mode part + 0x200, and unpacks itself. CPUs come up through the
 * MADT and KVM's own APICs. The guest sees every leaf of KVM_GET_SUPPORTED_HV_CPUID and no leaf of KVM's own. The program ends with
 * status 0 when the guest resets itself (port 0x64 or triple fault), and with 1 when KVM gives up.
 *
 * Specifications: Linux boot protocol 2.12, ACPI 6.4 (5.2.5 RSDP, 5.2.8 XSDT, 5.2.12 MADT), 16550A data sheet, MC146818 data sheet.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define ZERO_PAGE 0x7000
#define PAGE_TABLES 0x1000 /* PML4, PDPT, four page directories: 0x1000 to 0x6fff */
#define GDT 0x8000
#define COMMAND_LINE 0x20000
#define RSDP 0xe0000
#define XSDT 0xe0040
#define MADT 0xe0100
#define KERNEL 0x1000000
#define CONVENTIONAL_END 0x9fc00
#define LEAVES 256

static int kvm, vm;
static uint8_t *ram;
static uint64_t ram_bytes;

static void die(const char *what) {
    perror(what);
    exit(1);
}

static int call(int fd, unsigned long request, void *argument, const char *name) {
    int result = ioctl(fd, request, argument);
    if (result < 0) die(name);
    return result;
}

static uint8_t *read_file(const char *name, size_t *bytes) {
    int fd = open(name, O_RDONLY);
    struct stat status;
    if (fd < 0 || fstat(fd, &status)) die(name);
    uint8_t *data = mmap(0, status.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
    if (data == MAP_FAILED) die(name);
    *bytes = status.st_size;
    return data;
}

static void put32(uint64_t gpa, uint32_t value) { memcpy(ram + gpa, &value, 4); }
static void put64(uint64_t gpa, uint64_t value) { memcpy(ram + gpa, &value, 8); }

/* The byte that makes a table's sum 0. */
static void checksum(uint64_t table, int bytes, int at) {
    uint8_t sum = 0;
    ram[table + at] = 0;
    for (int i = 0; i < bytes; i++) sum += ram[table + i];
    ram[table + at] = -sum;
}

static void header(uint64_t table, const char *signature, int bytes) {
    memcpy(ram + table, signature, 4);
    put32(table + 4, bytes);
    ram[table + 8] = 1;
    memcpy(ram + table + 10, "LOADERLOADER  ", 14);
    checksum(table, bytes, 9);
}

static void acpi(int cpus) {
    memcpy(ram + RSDP, "RSD PTR LOADER\0\2", 15);
    memcpy(ram + RSDP + 8, "\0LOADER\2", 8);
    put32(RSDP + 20, 36);
    put64(RSDP + 24, XSDT);
    checksum(RSDP, 20, 8);
    checksum(RSDP, 36, 32);
    put64(XSDT + 36, MADT);
    header(XSDT, "XSDT", 44);
    uint64_t at = MADT + 44;
    put32(MADT + 36, 0xfee00000);
    put32(MADT + 40, 1);
    for (int i = 0; i < cpus; i++, at += 8) {
        ram[at] = 0; /* local APIC */
        ram[at + 1] = 8;
        ram[at + 2] = ram[at + 3] = i;
        put32(at + 4, 1);
    }
    ram[at] = 1; /* I/O APIC */
    ram[at + 1] = 12;
    put32(at + 4, 0xfec00000);
    put32(at + 8, 0);
    header(MADT, "APIC", at + 12 - MADT);
}

static void load(const char *kernel_name, const char *initrd_name, const char *line, int cpus) {
    size_t kernel_bytes, initrd_bytes;
    uint8_t *kernel = read_file(kernel_name, &kernel_bytes);
    uint8_t *initrd = read_file(initrd_name, &initrd_bytes);
    if (kernel_bytes < 0x1000 || memcmp(kernel + 0x202, "HdrS", 4)) {
        fprintf(stderr, "%s is no bzImage\n", kernel_name);
        exit(1);
    }
    size_t setup = (kernel[0x1f1] ? kernel[0x1f1] + 1 : 5) * 512;
    memcpy(ram + KERNEL, kernel + setup, kernel_bytes - setup);
    uint64_t initrd_gpa = (ram_bytes - initrd_bytes) & ~0xfffULL;
    memcpy(ram + initrd_gpa, initrd, initrd_bytes);
    strcpy((char *)ram + COMMAND_LINE, line);

    memcpy(ram + ZERO_PAGE + 0x1f1, kernel + 0x1f1, 0x11 + kernel[0x201]);
    ram[ZERO_PAGE + 0x210] = 0xff;         /* type_of_loader */
    ram[ZERO_PAGE + 0x211] |= 1;           /* LOADED_HIGH */
    put32(ZERO_PAGE + 0x214, KERNEL);      /* code32_start */
    put32(ZERO_PAGE + 0x218, initrd_gpa);
    put32(ZERO_PAGE + 0x21c, initrd_bytes);
    put32(ZERO_PAGE + 0x228, COMMAND_LINE);
    put64(ZERO_PAGE + 0x70, RSDP);
    uint64_t map[] = {0, CONVENTIONAL_END, 1, CONVENTIONAL_END, 0x100000 - CONVENTIONAL_END, 2, 0x100000, ram_bytes - 0x100000, 1};
    ram[ZERO_PAGE + 0x1e8] = 3;
    for (int i = 0; i < 3; i++) {
        put64(ZERO_PAGE + 0x2d0 + 20 * i, map[3 * i]);
        put64(ZERO_PAGE + 0x2d8 + 20 * i, map[3 * i + 1]);
        put32(ZERO_PAGE + 0x2e0 + 20 * i, map[3 * i + 2]);
    }

    put64(PAGE_TABLES, PAGE_TABLES + 0x1003);
    for (int i = 0; i < 4; i++) put64(PAGE_TABLES + 0x1000 + 8 * i, PAGE_TABLES + 0x2003 + 0x1000 * i);
    for (uint64_t i = 0; i < 2048; i++) put64(PAGE_TABLES + 0x2000 + 8 * i, i << 21 | 0x83);
    put64(GDT + 0x10, 0x00af9b000000ffffULL);
    put64(GDT + 0x18, 0x00cf93000000ffffULL);
    acpi(cpus);
}

static void set_cpuid(int vcpu, int index, int cpus) {
    struct kvm_cpuid2 *own = calloc(1, sizeof *own + LEAVES * sizeof own->entries[0]);
    struct kvm_cpuid2 *synthetic = calloc(1, sizeof *own + LEAVES * sizeof own->entries[0]);
    struct kvm_cpuid2 *all = calloc(1, sizeof *own + LEAVES * sizeof own->entries[0]);
    own->nent = synthetic->nent = LEAVES;
    call(kvm, KVM_GET_SUPPORTED_CPUID, own, "KVM_GET_SUPPORTED_CPUID");
    call(vcpu, KVM_GET_SUPPORTED_HV_CPUID, synthetic, "KVM_GET_SUPPORTED_HV_CPUID");
    for (unsigned i = 0; i < own->nent; i++) {
        struct kvm_cpuid_entry2 *e = &own->entries[i];
        if ((e->function & 0xffff0000) == 0x40000000) continue;
        if (e->function == 1) {
            e->ebx = (e->ebx & 0xffff) | cpus << 16 | index << 24;
            e->ecx |= 1u << 31 | 1u << 24 | 1u << 21;
            e->edx |= (cpus > 1) << 28;
        } else if (e->function == 0xb || e->function == 0x1f) {
            int core = e->index == 1;
            e->eax = core ? 8 : 0;
            e->ebx = core ? cpus : e->index == 0;
            e->ecx = e->index | (e->index > 1 ? 0 : e->index + 1) << 8;
            e->edx = index;
        } else if (e->function == 0x80000008) {
            e->ecx = cpus - 1;
        }
        all->entries[all->nent++] = *e;
    }
    for (unsigned i = 0; i < synthetic->nent; i++) {
        struct kvm_cpuid_entry2 e = synthetic->entries[i];
        if (e.function == 0x40000000) {
            memcpy(&e.ebx, "Micr", 4);
            memcpy(&e.ecx, "osof", 4);
            memcpy(&e.edx, "t Hv", 4);
        }
        all->entries[all->nent++] = e;
    }
    call(vcpu, KVM_SET_CPUID2, all, "KVM_SET_CPUID2");
    free(own);
    free(synthetic);
    free(all);
}

static void start(int vcpu) {
    struct kvm_sregs s;
    struct kvm_regs r = {.rip = KERNEL + 0x200, .rsi = ZERO_PAGE, .rflags = 2};
    call(vcpu, KVM_GET_SREGS, &s, "KVM_GET_SREGS");
    struct kvm_segment code = {.limit = 0xffffffff, .selector = 0x10, .type = 11, .present = 1, .s = 1, .l = 1, .g = 1};
    struct kvm_segment data = {.limit = 0xffffffff, .selector = 0x18, .type = 3, .present = 1, .s = 1, .db = 1, .g = 1};
    s.cs = code;
    s.ds = s.es = s.fs = s.gs = s.ss = data;
    s.gdt.base = GDT;
    s.gdt.limit = 0x1f;
    s.cr3 = PAGE_TABLES;
    s.cr4 = 0x20;         /* PAE */
    s.cr0 = 0x80000011;   /* PG, ET, PE */
    s.efer = 0x500;       /* LMA, LME */
    call(vcpu, KVM_SET_SREGS, &s, "KVM_SET_SREGS");
    call(vcpu, KVM_SET_REGS, &r, "KVM_SET_REGS");
}

/* The serial port: a transmitter that is always ready, and its interrupt. Accessed under the lock. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static uint8_t dll = 1, dlm, ier, lcr, mcr, scratch, fifos, empty_pending;

static void update_irq(void) {
    static int level;
    int now = (ier & 2) && empty_pending && (mcr & 8);
    if (now == level) return;
    struct kvm_irq_level line = {.irq = 4, .level = level = now};
    call(vm, KVM_IRQ_LINE, &line, "KVM_IRQ_LINE");
}

static uint8_t uart_in(int offset) {
    uint8_t value = 0;
    switch (offset) {
    case 0: return lcr & 0x80 ? dll : 0;
    case 1: return lcr & 0x80 ? dlm : ier;
    case 2:
        value = (ier & 2) && empty_pending ? 2 : 1;
        if (value == 2) empty_pending = 0;
        update_irq();
        return value | (fifos ? 0xc0 : 0);
    case 3: return lcr;
    case 4: return mcr;
    case 5: return 0x60;
    case 6: return mcr & 0x10 ? (mcr & 1) << 5 | (mcr & 2) << 3 | (mcr & 4) << 4 | (mcr & 8) << 4 : 0xb0;
    default: return scratch;
    }
}

static void uart_out(int offset, uint8_t value) {
    switch (offset) {
    case 0:
        if (lcr & 0x80) {
            dll = value;
        } else {
            if (!(mcr & 0x10) && write(1, &value, 1) < 0) exit(1);
            empty_pending = 1;
        }
        break;
    case 1:
        if (lcr & 0x80) {
            dlm = value;
        } else {
            if (!(ier & 2) && (value & 2)) empty_pending = 1;
            ier = value & 15;
        }
        break;
    case 2: fifos = value & 1; break;
    case 3: lcr = value; break;
    case 4: mcr = value & 0x1f; break;
    case 7: scratch = value; break;
    }
    update_irq();
}

static uint8_t clock_index;

static uint8_t clock_in(void) {
    time_t now = time(0);
    struct tm t;
    gmtime_r(&now, &t);
    int value[] = {t.tm_sec, 0, t.tm_min, 0, t.tm_hour, 0, t.tm_wday + 1, t.tm_mday, t.tm_mon + 1, t.tm_year % 100};
    switch (clock_index) {
    case 0 ... 9: return value[clock_index] / 10 << 4 | value[clock_index] % 10;
    case 10: return 0x26;
    case 11: return 2;
    case 13: return 0x80;
    case 0x32: return 0x20;
    default: return 0;
    }
}

static uint8_t port_in(int port) {
    if (port >= 0x3f8 && port <= 0x3ff) return uart_in(port - 0x3f8);
    return port == 0x71 ? clock_in() : 0xff;
}

static void port_out(int port, uint8_t value) {
    if (port >= 0x3f8 && port <= 0x3ff) uart_out(port - 0x3f8, value);
    else if (port == 0x70) clock_index = value & 0x7f;
    else if (port == 0x64 && value == 0xfe) exit(0);
}

static void *run(void *argument) {
    int vcpu = (int)(intptr_t)argument;
    int bytes = call(kvm, KVM_GET_VCPU_MMAP_SIZE, 0, "KVM_GET_VCPU_MMAP_SIZE");
    struct kvm_run *page = mmap(0, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu, 0);
    if (page == MAP_FAILED) die("mmap");
    for (;;) {
        /* EAGAIN: a CPU that waits for its start-up IPI was woken. */
        if (ioctl(vcpu, KVM_RUN, 0) < 0) {
            if (errno == EAGAIN || errno == EINTR) continue;
            die("KVM_RUN");
        }
        switch (page->exit_reason) {
        case KVM_EXIT_IO: {
            uint8_t *data = (uint8_t *)page + page->io.data_offset;
            pthread_mutex_lock(&lock);
            for (unsigned i = 0; i < page->io.count; i++, data += page->io.size) {
                if (page->io.direction == KVM_EXIT_IO_OUT) {
                    port_out(page->io.port, *data);
                } else {
                    memset(data, 0xff, page->io.size);
                    *data = port_in(page->io.port);
                }
            }
            pthread_mutex_unlock(&lock);
            break;
        }
        case KVM_EXIT_MMIO:
            if (!page->mmio.is_write) memset(page->mmio.data, 0xff, 8);
            break;
        case KVM_EXIT_SHUTDOWN: exit(0);
        case KVM_EXIT_HYPERV: break;
        default: fprintf(stderr, "exit %u, suberror %u\n", page->exit_reason, page->internal.suberror); exit(1);
        }
    }
}

int main(int count, char **words) {
    const char *kernel = 0, *initrd = 0, *append = "";
    int cpus = 1, mib = 256;
    for (int i = 1; i + 1 < count; i += 2) {
        if (!strcmp(words[i], "--kernel")) kernel = words[i + 1];
        else if (!strcmp(words[i], "--initrd")) initrd = words[i + 1];
        else if (!strcmp(words[i], "--append")) append = words[i + 1];
        else if (!strcmp(words[i], "--memory")) mib = atoi(words[i + 1]);
        else if (!strcmp(words[i], "--smp")) cpus = atoi(words[i + 1]);
    }
    if (!kernel || !initrd || mib < 128 || mib > 3072 || cpus < 1 || cpus > 64 || strlen(append) > 2000) {
        fprintf(stderr, "usage: loader --kernel BZIMAGE --initrd FILE [--append LINE] [--memory 128..3072] [--smp 1..64]\n");
        return 2;
    }
    if ((kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC)) < 0) die("/dev/kvm");
    vm = call(kvm, KVM_CREATE_VM, 0, "KVM_CREATE_VM");
    call(vm, KVM_SET_TSS_ADDR, (void *)0xfffbd000, "KVM_SET_TSS_ADDR");
    uint64_t identity = 0xfffbc000;
    call(vm, KVM_SET_IDENTITY_MAP_ADDR, &identity, "KVM_SET_IDENTITY_MAP_ADDR");
    call(vm, KVM_CREATE_IRQCHIP, 0, "KVM_CREATE_IRQCHIP");
    ram_bytes = (uint64_t)mib << 20;
    ram = mmap(0, ram_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (ram == MAP_FAILED) die("memory");
    struct kvm_userspace_memory_region region = {.memory_size = ram_bytes, .userspace_addr = (uintptr_t)ram};
    call(vm, KVM_SET_USER_MEMORY_REGION, &region, "KVM_SET_USER_MEMORY_REGION");
    load(kernel, initrd, append, cpus);
    for (int i = cpus - 1; i >= 0; i--) {
        int vcpu = call(vm, KVM_CREATE_VCPU, (void *)(intptr_t)i, "KVM_CREATE_VCPU");
        struct kvm_enable_cap synic = {.cap = KVM_CAP_HYPERV_SYNIC2};
        call(vcpu, KVM_ENABLE_CAP, &synic, "KVM_CAP_HYPERV_SYNIC2");
        set_cpuid(vcpu, i, cpus);
        if (i == 0) {
            start(vcpu);
            run((void *)(intptr_t)vcpu);
        }
        pthread_t thread;
        if (pthread_create(&thread, 0, run, (void *)(intptr_t)vcpu)) die("pthread_create");
    }
    return 1;
}
