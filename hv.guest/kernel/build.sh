#!/bin/sh
# Assembles the kernel: build.sh OUTPUT-FILE [ELF-FILE]. Needs as, ld and objcopy (GNU binutils, x86-64).
# After a change: sh kernel/build.sh src/hv/guest/kernel.bin
set -eu
here=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
as --64 -o "$work/kernel.o" "$here/layout.s" "$here/boot.s" "$here/processors.s" "$here/apic.s" "$here/interrupts.s" \
    "$here/console.s" "$here/options.s" "$here/parts.s" "$here/interpreter.s" "$here/operations.s"
ld -m elf_x86_64 -z noexecstack --no-warn-rwx-segments -T "$here/kernel.ld" -o "$work/kernel.elf" "$work/kernel.o"
objcopy -O binary "$work/kernel.elf" "$1"
chmod a-x "$1"
[ $# -lt 2 ] || cp "$work/kernel.elf" "$2"
