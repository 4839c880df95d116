# The interpreter: one instruction after another of the part that a VP runs.
#
# An instruction is 8 bytes: operation; destination register (bits 3:0) and which sources follow as 8-byte constants (bits 4, 5,
# 6: second, third, fourth operand); source registers b (3:0) and c (7:4); source register d (3:0) and comparison (7:4); x
# (16 bits: place in code, place among the strings, offset of an address, or a choice); line number (16 bits). Bytecode.java
# writes it, README.md has the operations.
#
# While it runs: %rbp = VP block, %r12 = next instruction, %rbx = destination register's number,
# %r13, %r14, %r15 = values of b, c, d. The operations may use the other registers.

.section .text

# Runs part %rdi on this VP, whose block is %rbp, from cleared registers, counts and scratch area to its outcome.
run_part:
        push    %rbx
        push    %r12
        push    %r13
        push    %r14
        push    %r15
        mov     %rsp, VP_STACK_MARK(%rbp)
        mov     %rdi, %rbx
        sti                                     # what earlier parts have left pending comes before the counts are cleared
        nop
        nop
        cli
        mov     PART_CODE(%rbx), %r12d
        add     %rbx, %r12
        mov     %r12, VP_CODE(%rbp)
        mov     PART_STRINGS(%rbx), %eax
        add     %rbx, %rax
        mov     %rax, VP_STRINGS(%rbp)
        xor     %eax, %eax
        mov     %rax, VP_OUTCOME(%rbp)
        mov     %rax, VP_INTERRUPTS(%rbp)
        mov     %rax, VP_DEPTH(%rbp)
        mov     %rax, VP_BARRIERS(%rbp)
        mov     %rax, VP_TAKEN(%rbp)
        mov     %rax, VP_MESSAGE(%rbp)
        mov     %rax, VP_REPORT(%rbp)
        lea     VP_REGISTERS(%rbp), %rdi        # registers, XMM, EOI policy, counts: one run of memory
        mov     $(VP_MESSAGE - VP_REGISTERS) / 8, %ecx
        rep stosq
        lea     VP_SCRATCH(%rbp), %rdi
        mov     $VP_SCRATCH_BYTES / 8, %ecx
        rep stosq
        mov     VP_INDEX(%rbp), %rax
        mov     %rax, VP_REGISTERS + 12*8(%rbp)
        mov     vp_count, %rax
        mov     %rax, VP_REGISTERS + 13*8(%rbp)
        movq    $SHARED, VP_REGISTERS + 14*8(%rbp)
        lea     VP_SCRATCH(%rbp), %rax
        mov     %rax, VP_REGISTERS + 15*8(%rbp)
        call    clock_now
        add     part_limit, %rax
        mov     %rax, VP_DEADLINE(%rbp)

next:
        mov     (%r12), %rax
        mov     %r12, VP_AT(%rbp)
        add     $8, %r12
        movzbl  %ah, %ebx
        mov     %eax, %ecx
        shr     $16, %ecx
        mov     %ecx, %edx
        and     $15, %edx
        mov     VP_REGISTERS(%rbp,%rdx,8), %r13
        mov     %ecx, %edx
        shr     $4, %edx
        and     $15, %edx
        mov     VP_REGISTERS(%rbp,%rdx,8), %r14
        shr     $8, %ecx
        and     $15, %ecx
        mov     VP_REGISTERS(%rbp,%rcx,8), %r15
        test    $0x70, %bl
        jz      4f
        test    $0x10, %bl
        jz      1f
        mov     (%r12), %r13
        add     $8, %r12
1:      test    $0x20, %bl
        jz      2f
        mov     (%r12), %r14
        add     $8, %r12
2:      test    $0x40, %bl
        jz      3f
        mov     (%r12), %r15
        add     $8, %r12
3:      and     $15, %ebx
4:      movzbl  %al, %eax
        cmp     $(operations_end - operations) / 8, %eax
        jae     op_unknown
        jmp     *operations(,%rax,8)

store:                                  # %rax -> destination
        mov     %rax, VP_REGISTERS(%rbp,%rbx,8)
        jmp     next

.macro x register                       # field x of the current instruction
        mov     VP_AT(%rbp), %rdx
        movzwl  4(%rdx), \register
.endm

op_unknown:
        mov     $text_unknown, %esi
        jmp     fail_with

# --- outcomes ------------------------------------------------------------------------------------------------------------
op_pass:
        mov     $OUTCOME_OK, %eax
        jmp     finish
op_skip:
        lea     VP_MESSAGE(%rbp), %rdi
        call    put_own_text
        mov     $OUTCOME_SKIPPED, %eax
        jmp     finish
op_fail:
        call    place
        call    put_own_text
failed_here:
        mov     $OUTCOME_FAILED, %eax
finish:
        mov     %rax, VP_OUTCOME(%rbp)
        cli
        mov     VP_STACK_MARK(%rbp), %rsp
        pop     %r15
        pop     %r14
        pop     %r13
        pop     %r12
        pop     %rbx
        ret

fail_with:                              # %rsi = text
        push    %rsi
        call    place
        pop     %rsi
        call    put_text
        jmp     failed_here

# The string that x names -> buffer %rdi.
put_own_text:
        x       %esi
        add     VP_STRINGS(%rbp), %rsi
        jmp     put_text

# "NAME.guest:LINE: " -> the message; %rdi = the message. The name stands first among the strings.
place:
        lea     VP_MESSAGE(%rbp), %rdi
        mov     VP_STRINGS(%rbp), %rsi
        call    put_text
        mov     $text_guest, %esi
        call    put_text
        mov     VP_AT(%rbp), %rdx
        movzwl  6(%rdx), %eax
        call    put_decimal
        mov     $text_colon, %esi
        jmp     put_text

op_say:
        lea     VP_LINE(%rbp), %rdi
        movq    $0, (%rdi)
        mov     VP_STRINGS(%rbp), %rsi
        call    put_text
        mov     module, %rdx
        mov     MODULE_COLUMN(%rdx), %edx
        call    put_spaces_to
        mov     $text_vp, %esi
        call    put_text
        mov     VP_INDEX(%rbp), %rax
        call    put_decimal
        mov     module, %rdx
        mov     MODULE_COLUMN(%rdx), %edx
        add     $6, %edx
        call    put_spaces_to
        mov     $text_row_say, %esi
        call    put_text
        call    put_own_text
        call    line_end
        jmp     next

# --- flow ----------------------------------------------------------------------------------------------------------------
op_goto:
        x       %ecx
        add     VP_CODE(%rbp), %rcx
go_to:                                  # %rcx; going back costs a look at the clock
        cmp     %r12, %rcx
        jae     1f
        call    clock_now
        cmp     VP_DEADLINE(%rbp), %rax
        ja      too_long
1:      mov     %rcx, %r12
        jmp     next
too_long:
        mov     $text_too_long, %esi
        jmp     fail_with

op_call:
        mov     VP_DEPTH(%rbp), %rax
        cmp     $RETURNS_MAX, %rax
        jae     1f
        mov     %r12, VP_RETURNS(%rbp,%rax,8)
        incq    VP_DEPTH(%rbp)
        jmp     op_goto
1:      mov     $text_deep, %esi
        jmp     fail_with
op_return:
        mov     VP_DEPTH(%rbp), %rax
        dec     %rax
        js      1f
        mov     %rax, VP_DEPTH(%rbp)
        mov     VP_RETURNS(%rbp,%rax,8), %r12
        jmp     next
1:      mov     $text_shallow, %esi
        jmp     fail_with

op_if:
        call    compare
        jnc     next
        jmp     op_goto

op_expect:
        call    compare
        jc      next
        call    place
        call    put_own_text
        mov     $text_colon, %esi
        call    put_text
        mov     %r13, %rax
        call    put_hex
        mov     $' ', %al
        call    put_char
        mov     VP_AT(%rbp), %rax
        movzbl  3(%rax), %eax
        shr     $4, %eax
        mov     comparisons(,%rax,8), %rsi
        call    put_text
        mov     $' ', %al
        call    put_char
        mov     %r14, %rax
        call    put_hex
        mov     $text_does_not_hold, %esi
        call    put_text
        jmp     failed_here

# Carry set if b and c compare as the instruction says: 0 ==, 1 !=, 2 <, 3 >, 4 <=, 5 >=, unsigned.
compare:
        mov     VP_AT(%rbp), %rax
        movzbl  3(%rax), %eax
        shr     $4, %eax
        cmp     $2, %eax
        jb      2f
        je      1f
        cmp     $4, %eax
        jb      3f
        je      4f
        cmp     %r14, %r13              # >=
        cmc
        ret
1:      cmp     %r14, %r13              # <
        ret
3:      cmp     %r13, %r14              # >
        ret
4:      cmp     %r13, %r14              # <=
        cmc
        ret
2:      mov     %r13, %rcx              # == leaves 0
        xor     %r14, %rcx
        cmp     $1, %rcx                # carry: equal
        test    %eax, %eax
        jnz     5f
        cmp     $1, %rcx
        ret
5:      cmp     $1, %rcx
        cmc
        ret

# --- arithmetic: 64 bits, wrapping, unsigned -----------------------------------------------------------------------------
op_mov: mov     %r13, %rax
        jmp     store
op_add: lea     (%r13,%r14), %rax
        jmp     store
op_sub: mov     %r13, %rax
        sub     %r14, %rax
        jmp     store
op_and: mov     %r13, %rax
        and     %r14, %rax
        jmp     store
op_or:  mov     %r13, %rax
        or      %r14, %rax
        jmp     store
op_xor: mov     %r13, %rax
        xor     %r14, %rax
        jmp     store
op_shl: mov     %r14, %rcx
        mov     %r13, %rax
        shl     %cl, %rax
        cmp     $64, %rcx
        jb      store
        xor     %eax, %eax
        jmp     store
op_shr: mov     %r14, %rcx
        mov     %r13, %rax
        shr     %cl, %rax
        cmp     $64, %rcx
        jb      store
        xor     %eax, %eax
        jmp     store
op_mul: mov     %r13, %rax
        mul     %r14
        jmp     store
op_mulhi:
        mov     %r13, %rax
        mul     %r14
        mov     %rdx, %rax
        jmp     store
op_div: call    divide
        jmp     store
op_rem: call    divide
        mov     %rdx, %rax
        jmp     store
divide: test    %r14, %r14
        jz      1f
        mov     %r13, %rax
        xor     %edx, %edx
        div     %r14
        ret
1:      mov     $text_division, %esi
        jmp     fail_with               # the stack is reset there

# --- memory --------------------------------------------------------------------------------------------------------------
.macro address bytes                    # %rdi = b + x, checked against RAM
        x       %eax
        movswq  %ax, %rax
        lea     (%r13,%rax), %rdi
        mov     $\bytes, %esi
        call    check_ram
.endm

check_aligned:                          # %rdi, to 4
        test    $3, %edi
        jnz     1f
        ret
1:      mov     $text_not_aligned, %r8d
        jmp     bad_address
check_ram:
        mov     memory_bytes, %rax
        sub     %rsi, %rax
        mov     $text_not_ram, %r8d
        cmp     %rax, %rdi
        ja      bad_address
        ret
bad_address:                            # %rdi; %r8 = what is wrong with it
        push    %r8
        push    %rdi
        call    place
        mov     $text_address_is, %esi
        call    put_text
        pop     %rax
        call    put_hex
        pop     %rsi
        call    put_text
        jmp     failed_here

op_load8:
        address 1
        movzbl  (%rdi), %eax
        jmp     store
op_load16:
        address 2
        movzwl  (%rdi), %eax
        jmp     store
op_load32:
        address 4
        mov     (%rdi), %eax
        jmp     store
op_load64:
        address 8
        mov     (%rdi), %rax
        jmp     store
op_store8:
        address 1
        mov     %r14b, (%rdi)
        jmp     next
op_store16:
        address 2
        mov     %r14w, (%rdi)
        jmp     next
op_store32:
        address 4
        mov     %r14d, (%rdi)
        jmp     next
op_store64:
        address 8
        mov     %r14, (%rdi)
        jmp     next
op_getand32:
        address 4
        call    check_aligned
1:      mov     (%rdi), %eax
        mov     %eax, %edx
        and     %r14d, %edx
        lock cmpxchg %edx, (%rdi)
        jne     1b
        jmp     store
op_getor32:
        address 4
        call    check_aligned
1:      mov     (%rdi), %eax
        mov     %eax, %edx
        or      %r14d, %edx
        lock cmpxchg %edx, (%rdi)
        jne     1b
        jmp     store

# --- the report ----------------------------------------------------------------------------------------------------------
op_report:
        call    report_key
        mov     %r13, %rax
        call    put_decimal
        jmp     next
op_reporthex:
        call    report_key
        mov     %r13, %rax
        call    put_hex
        jmp     next
op_reporttext:
        mov     %r13, %rdi
        mov     %r14, %rsi
        cmp     $TEXT_MAX, %rsi
        jbe     1f
        mov     $TEXT_MAX, %esi
        mov     %rsi, %r14
1:      call    check_ram
        call    report_key
        mov     $'"', %al
        call    put_char
        mov     %r13, %rsi
        mov     %r14, %rdx
        call    put_bytes
        mov     $'"', %al
        call    put_char
        jmp     next

report_key:
        lea     VP_REPORT(%rbp), %rdi
        cmpq    $0, (%rdi)
        je      1f
        mov     $' ', %al
        call    put_char
1:      call    put_own_text
        mov     $'=', %al
        jmp     put_char

.section .rodata
.balign 8
operations:                             # in the order of Operation.java
        .quad   op_pass, op_fail, op_skip, op_say
        .quad   op_goto, op_if, op_call, op_return, op_expect
        .quad   op_mov, op_add, op_sub, op_and, op_or, op_xor, op_shl, op_shr
        .quad   op_mul, op_mulhi, op_div, op_rem
        .quad   op_load8, op_load16, op_load32, op_load64
        .quad   op_store8, op_store16, op_store32, op_store64
        .quad   op_getand32, op_getor32
        .quad   op_cpuid, op_rdmsr, op_wrmsr, op_rdtsc, op_clock, op_hypercall, op_xmm
        .quad   op_out32, op_interrupts, op_eoi, op_count, op_wait, op_halt
        .quad   op_barrier, op_pause, op_option
        .quad   op_report, op_reporthex, op_reporttext
operations_end:
comparisons:
        .quad   text_eq, text_ne, text_below, text_above, text_at_most, text_at_least
text_eq:        .asciz "=="
text_ne:        .asciz "!="
text_below:     .asciz "<"
text_above:     .asciz ">"
text_at_most:   .asciz "<="
text_at_least:  .asciz ">="
text_guest:     .asciz ".guest:"
text_colon:     .asciz ": "
text_row_say:   .asciz "..    "
text_unknown:   .asciz "unknown operation"
text_too_long:  .asciz "took longer than it may"
text_deep:      .asciz "more than 16 calls deep"
text_shallow:   .asciz "return without call"
text_division:  .asciz "division by zero"
text_address_is: .asciz "address "
text_not_aligned: .asciz " is not a multiple of 4"
text_not_ram:   .asciz " is not RAM"
text_does_not_hold: .asciz " does not hold"
