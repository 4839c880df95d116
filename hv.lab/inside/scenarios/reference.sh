# The same with the kernel's own Hyper-V code in place of hv.
. /lab/functions.sh
"$DISK/lab/loader" --kernel "$KERNEL" --initrd "$INITRD" --append "$LINE lab=boot lab_end=reboot" --memory "$MEMORY_MIB" --smp "$SMP"
