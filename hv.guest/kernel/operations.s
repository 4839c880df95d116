# The operations that touch the virtual machine: CPUID, MSRs, time, hypercalls, interrupts, other VPs.

.section .text

op_cpuid:                               # four registers from the destination
        mov     %ebx, %edi
        mov     %r13d, %eax
        xor     %ecx, %ecx
        cpuid
        mov     %rdi, %rsi
        lea     VP_REGISTERS(%rbp,%rdi,8), %rdi
        mov     %eax, %eax
        mov     %rax, (%rdi)
        mov     %ebx, %ebx
        mov     %rbx, 8(%rdi)
        mov     %ecx, %ecx
        mov     %rcx, 16(%rdi)
        mov     %edx, %edx
        mov     %rdx, 24(%rdi)
        jmp     next

op_rdmsr:                               # b = MSR
        mov     %rsp, VP_FIXUP_RSP(%rbp)
        movq    $1f, VP_FIXUP_RIP(%rbp)
        mov     %r13d, %ecx
        rdmsr
        movq    $0, VP_FIXUP_RIP(%rbp)
        shl     $32, %rdx
        or      %rdx, %rax
        jmp     store
1:      mov     $text_rdmsr, %esi
        jmp     faulted

op_wrmsr:                               # b = MSR, c = value
        mov     %rsp, VP_FIXUP_RSP(%rbp)
        movq    $1f, VP_FIXUP_RIP(%rbp)
        mov     %r13d, %ecx
        mov     %r14d, %eax
        mov     %r14, %rdx
        shr     $32, %rdx
        wrmsr
        movq    $0, VP_FIXUP_RIP(%rbp)
        jmp     next
1:      mov     $text_wrmsr, %esi

# A fault: to the "else" label if there is one, or the part fails. %rsi = what faulted, %r13 = its operand.
faulted:
        x       %ecx
        cmp     $0xffff, %ecx
        je      1f
        add     VP_CODE(%rbp), %rcx
        jmp     go_to
1:      push    %rsi
        call    place
        pop     %rsi
        call    put_text
        mov     %r13, %rax
        call    put_hex
        mov     $text_faulted, %esi
        call    put_text
        jmp     failed_here

op_rdtsc:
        call    tsc_read
        jmp     store
op_clock:
        call    clock_now
        jmp     store

op_hypercall:                           # b = control, c = input, d = output
        cmpl    $0, hypercall_ready
        je      2f
        mov     %rsp, VP_FIXUP_RSP(%rbp)
        movq    $1f, VP_FIXUP_RIP(%rbp)
        cmpq    $0, VP_XMM_USED(%rbp)
        je      3f
        movups  VP_XMM + 0x00(%rbp), %xmm0
        movups  VP_XMM + 0x10(%rbp), %xmm1
        movups  VP_XMM + 0x20(%rbp), %xmm2
        movups  VP_XMM + 0x30(%rbp), %xmm3
        movups  VP_XMM + 0x40(%rbp), %xmm4
        movups  VP_XMM + 0x50(%rbp), %xmm5
3:      mov     %r13, %rcx
        mov     %r14, %rdx
        mov     %r15, %r8
        mov     $HYPERCALL_PAGE, %eax
        call    *%rax
        movq    $0, VP_FIXUP_RIP(%rbp)
        jmp     store
1:      mov     $text_hypercall, %esi
        jmp     faulted
2:      mov     $text_no_page, %esi
        jmp     fail_with

op_xmm:                                 # x = register, b = low half, c = high half
        x       %eax
        shl     $4, %eax
        mov     %r13, VP_XMM(%rbp,%rax)
        mov     %r14, VP_XMM + 8(%rbp,%rax)
        movq    $1, VP_XMM_USED(%rbp)
        jmp     next

op_out32:                               # b = port, c = value
        mov     %r13d, %edx
        mov     %r14d, %eax
        out     %eax, %dx
        jmp     next

op_interrupts:                          # x = on
        x       %eax
        mov     %rax, VP_INTERRUPTS(%rbp)
        cli
        test    %eax, %eax
        jz      next
        sti
        nop
        jmp     next

op_eoi:                                 # b = vector, x = 1: none
        x       %eax
        movzbl  %r13b, %ecx
        mov     %al, VP_NO_EOI(%rbp,%rcx)
        jmp     next

op_count:
        movzbl  %r13b, %ecx
        mov     VP_COUNTS(%rbp,%rcx,8), %rax
        jmp     store

op_wait:                                # b = vector, c = count, d = limit in 100 ns; result: the count
        cli
        call    clock_now
        add     %rax, %r15
1:      movzbl  %r13b, %ecx
        cmp     %r14, VP_COUNTS(%rbp,%rcx,8)
        jae     2f
        call    clock_now
        cmp     %r15, %rax
        jae     2f
        cmp     VP_DEADLINE(%rbp), %rax
        ja      too_long
        mov     %r15, %rdi
        call    nap
        jmp     1b
2:      call    interrupts_as_before
        movzbl  %r13b, %ecx
        mov     VP_COUNTS(%rbp,%rcx,8), %rax
        jmp     store

op_halt:                                # b = limit in 100 ns
        cli
        call    clock_now
        add     %rax, %r13
        mov     VP_TAKEN(%rbp), %r14
1:      cmp     %r14, VP_TAKEN(%rbp)
        jne     2f
        call    clock_now
        cmp     %r13, %rax
        jae     2f
        cmp     VP_DEADLINE(%rbp), %rax
        ja      too_long
        mov     %r13, %rdi
        call    nap
        jmp     1b
2:      call    interrupts_as_before
        jmp     next

interrupts_as_before:
        cmpq    $0, VP_INTERRUPTS(%rbp)
        je      1f
        sti
1:      ret

op_barrier:                             # the n-th is passed once all VPs have arrived at their n-th
        incq    VP_BARRIERS(%rbp)
        mov     VP_BARRIERS(%rbp), %rax
        mulq    vp_count
        mov     %rax, %r13
        lock incq barrier_arrivals
        call    clock_now
        lea     BARRIER_LIMIT(%rax), %r14
1:      cmp     %r13, barrier_arrivals
        jae     next
        pause
        call    clock_now
        cmp     %r14, %rax
        jae     2f
        cmp     VP_DEADLINE(%rbp), %rax
        jbe     1b
        jmp     too_long
2:      mov     $text_barrier, %esi
        jmp     fail_with

op_pause:
        pause
        jmp     next

op_option:                              # x = name, b = value if it is not given
        x       %esi
        add     VP_STRINGS(%rbp), %rsi
        call    option_find
        mov     %r13, %rax
        test    %rdx, %rdx
        jz      store
        call    option_value
        jnc     store
        call    place
        mov     $text_option, %esi
        call    put_text
        call    put_own_text
        mov     $text_bad_option, %esi
        call    put_text
        jmp     failed_here

.section .rodata
text_rdmsr:     .asciz "rdmsr "
text_wrmsr:     .asciz "wrmsr "
text_hypercall: .asciz "hypercall "
text_faulted:   .asciz " faulted"
text_no_page:   .asciz "there is no hypercall page"
text_barrier:   .asciz "not all VPs came to the barrier within 20 s"
text_option:    .asciz "option "
text_bad_option: .asciz ": write a number, a time (5s, 100ms, 20us), yes, no or once"
