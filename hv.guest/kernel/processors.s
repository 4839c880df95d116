# Starting the other processors, and giving them work. A VP without work halts with interrupts on; the boot processor
# puts a part into its block and wakes it. APIC id = VP number, as the VMM gives them.

.section .text

# Takes the processor it runs on as VP %rdi: block, %gs, interrupt table, SSE. %rbp = block afterwards.
vp_enter:
        mov     %rdi, %rbp
        shl     $VP_BLOCK_SHIFT, %rbp
        add     $VP_BLOCKS, %rbp
        mov     %rbp, VP_SELF(%rbp)
        mov     %rdi, VP_INDEX(%rbp)
        movq    $0, VP_JOB(%rbp)
        movq    $0, VP_FIXUP_RIP(%rbp)
        mov     %ebp, %eax
        xor     %edx, %edx
        mov     $MSR_GS_BASE, %ecx
        wrmsr
        lidt    idt_pointer
        mov     %cr4, %rax
        or      $3 << 9, %eax           # OSFXSR, OSXMMEXCPT: XMM registers carry hypercall input
        mov     %rax, %cr4
        ret

# Starts VPs 1 and up, one after another, each within START_LIMIT.
processors_start:
        mov     $trampoline, %esi
        mov     $TRAMPOLINE, %edi
        mov     $trampoline_end - trampoline, %ecx
        rep movsb
        mov     %cr3, %rax
        mov     %eax, TRAMPOLINE + trampoline_cr3 - trampoline
        mov     %cr4, %rax
        mov     %eax, TRAMPOLINE + trampoline_cr4 - trampoline
        mov     $MSR_EFER, %ecx
        rdmsr
        and     $~(1 << 10), %eax       # LMA is the processor's own
        mov     %eax, TRAMPOLINE + trampoline_efer - trampoline

        mov     $1, %ebx
1:      cmp     vp_count, %rbx
        jae     5f
        mov     %rbx, %r12
        shl     $VP_BLOCK_SHIFT, %r12
        add     $VP_BLOCKS, %r12
        movq    $0, VP_ALIVE(%r12)
        mov     %rbx, starting_vp
        mov     %ebx, %r8d
        mov     $0x4500, %eax           # INIT
        call    apic_command
        mov     %ebx, %r8d
        mov     $0x4600 | TRAMPOLINE >> 12, %eax
        call    apic_command
        call    clock_now
        mov     %rax, %r13
        xor     %r14d, %r14d
2:      cmpq    $0, VP_ALIVE(%r12)
        jne     4f
        pause
        call    clock_now
        sub     %r13, %rax
        cmp     $START_LIMIT, %rax
        ja      3f
        test    %r14d, %r14d            # a second SIPI after 10 ms, as real processors may want
        jnz     2b
        cmp     $NAP, %rax
        jb      2b
        inc     %r14d
        mov     %ebx, %r8d
        mov     $0x4600 | TRAMPOLINE >> 12, %eax
        call    apic_command
        jmp     2b
3:      call    line_begin
        mov     $text_vp, %esi
        call    put_text
        mov     %rbx, %rax
        call    put_decimal
        mov     $text_not_started, %esi
        call    put_text
        call    line_end
        mov     $1, %eax
        jmp     stop
4:      inc     %ebx
        jmp     1b
5:      ret

# From the trampoline: 64-bit mode, no stack.
processor_entry:
        mov     $16, %eax
        mov     %eax, %ss
        mov     %eax, %ds
        mov     %eax, %es
        cld
        mov     starting_vp, %rdi
        mov     %rdi, %rsp
        shl     $VP_BLOCK_SHIFT, %rsp
        add     $VP_BLOCKS + VP_STACK_TOP, %rsp
        call    vp_enter
        call    apic_enter
        movq    $1, VP_ALIVE(%rbp)
idle:
        cli
        mov     VP_JOB(%rbp), %rdi
        test    %rdi, %rdi
        jnz     1f
        sti
        hlt
        jmp     idle
1:      call    run_part
        movq    $0, VP_JOB(%rbp)
        xor     %r8d, %r8d
        call    apic_wake
        jmp     idle

# Gives part %rdi to VP block %rsi.
give:
        mov     %rdi, VP_JOB(%rsi)
        mov     VP_INDEX(%rsi), %r8d
        jmp     apic_wake

# Waits until VP block %rsi has finished its part; carry set if it takes ANSWER_MARGIN longer than it may.
await:
        push    %rbx
        push    %r12
        mov     %rsi, %rbx
        call    clock_now
        lea     ANSWER_MARGIN(%rax), %r12
        add     part_limit, %r12
1:      cmpq    $0, VP_JOB(%rbx)
        je      2f
        mov     %r12, %rdi
        call    nap
        cmpq    $0, VP_JOB(%rbx)
        je      2f
        mov     VP_INDEX(%rbx), %r8d    # should it have halted just before it was given the part
        call    apic_wake
        call    clock_now
        cmp     %r12, %rax
        jb      1b
        stc
        jmp     3f
2:      clc
3:      pop     %r12
        pop     %rbx
        ret

# Copied to TRAMPOLINE; the processor starts there in real mode with %cs = TRAMPOLINE / 16, %ip = 0.
.section .rodata
.balign 8
.code16
trampoline:
        cli
        mov     %cs, %ax
        mov     %ax, %ds
        lgdtl   trampoline_gdt_pointer - trampoline
        mov     trampoline_cr4 - trampoline, %eax
        mov     %eax, %cr4
        mov     trampoline_cr3 - trampoline, %eax
        mov     %eax, %cr3
        mov     $MSR_EFER, %ecx
        xor     %edx, %edx
        mov     trampoline_efer - trampoline, %eax
        wrmsr
        mov     $0x80000033, %eax       # PG, NE, ET, MP, PE; caches on
        mov     %eax, %cr0
        ljmpl   $8, $processor_entry
.balign 8
trampoline_gdt_pointer:
        .word   gdt_end - gdt - 1
        .long   gdt
        .word   0
trampoline_cr3:  .long 0
trampoline_cr4:  .long 0
trampoline_efer: .long 0
trampoline_end:
.code64

text_not_started: .asciz " did not start"

.section .bss
.balign 8
starting_vp:    .quad 0
