/*
 * Has a Linux guest go on with another kernel, without its machine being reset: loads that with kexec_file_load and starts it at once, as
 * kexec -f does. The drivers let go of their devices first (drivers/hv/vmbus_drv.c, hv_kexec_handler).
 *
 *   kexec KERNEL INITRD LINE
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/reboot.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "kexec KERNEL INITRD LINE\n");
        return 2;
    }
    int kernel = open(argv[1], O_RDONLY), initrd = open(argv[2], O_RDONLY);
    if (kernel < 0 || initrd < 0) {
        perror("lab: kexec");
        return 3;
    }
    if (syscall(SYS_kexec_file_load, kernel, initrd, strlen(argv[3]) + 1, argv[3], 0UL)) {
        perror("lab: kexec_file_load");
        return 3;
    }
    syscall(SYS_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, LINUX_REBOOT_CMD_KEXEC, NULL);
    perror("lab: kexec");
    return 3;
}
