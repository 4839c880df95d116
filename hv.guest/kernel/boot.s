# Entry: 64-bit mode, first 4 GiB mapped to themselves, interrupts off, %rdi = boot information. Takes the boot
# processor from there to run_parts, and the machine to its end.

.section .text.entry, "ax"
.globl _start
_start: jmp     entry                   # eb 0e: over the header
        .zero   6
        .ascii  "HVFLAT64"
entry:
        cld
        mov     %rdi, %rbx
        mov     $bss_start, %edi
        mov     $bss_end, %ecx
        sub     %edi, %ecx
        shr     $3, %ecx
        xor     %eax, %eax
        rep stosq

        mov     0(%rbx), %rax
        mov     %rax, memory_bytes
        mov     8(%rbx), %rax
        mov     %rax, vp_count
        mov     16(%rbx), %rax
        mov     %rax, module
        mov     32(%rbx), %rax
        mov     %rax, command_line

        # The areas of all VPs must lie in RAM; until that is known, only the loader's stack is used.
        mov     vp_count, %rax
        dec     %rax
        cmp     $VPS_MAX, %rax
        jae     too_many_vps
        inc     %rax
        shl     $VP_BLOCK_SHIFT, %rax
        add     $VP_BLOCKS, %rax
        cmp     memory_bytes, %rax
        ja      too_little_memory

        mov     $VP_BLOCKS + VP_STACK_TOP, %esp
        lgdt    gdt_pointer
        mov     $16, %eax
        mov     %eax, %ss
        mov     %eax, %ds
        mov     %eax, %es
        call    idt_build
        xor     %edi, %edi
        call    vp_enter

        call    options_boot
        call    apic_start
        call    clock_start
        call    processors_start
        call    announce
        call    run_parts
        jmp     stop                    # %eax = exit code

too_many_vps:
        mov     $text_too_many_vps, %esi
        jmp     boot_failure
too_little_memory:
        mov     $text_too_little_memory, %esi
# A line with the text %rsi, straight to the port, then the end.
boot_failure:
        mov     %rsi, %rbx
        mov     $text_program, %esi
        call    uart_text
        mov     %rbx, %rsi
        call    uart_text
        mov     $'\n', %al
        call    uart_write
        mov     $1, %eax
# Ends the machine; %eax = exit code.
stop:
        mov     $0xf4, %edx
        out     %eax, %dx
1:      cli
        hlt
        jmp     1b

.section .data
.balign 8
gdt:    .quad   0
        .quad   0x00af9b000000ffff      # 8: 64-bit code
        .quad   0x00cf93000000ffff      # 16: data
gdt_end:
gdt_pointer:
        .word   gdt_end - gdt - 1
        .quad   gdt

.section .rodata
text_too_many_vps:      .asciz "needs 1 to 255 vCPUs"
text_too_little_memory: .asciz "needs more memory: 6 MiB, and 64 KiB for each vCPU"

.section .bss
.balign 8
memory_bytes:   .quad 0
vp_count:       .quad 0
module:         .quad 0
command_line:   .quad 0
