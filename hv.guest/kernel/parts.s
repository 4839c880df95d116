# What the guest finds by CPUID, which parts of the module that makes applicable, and who runs them; the report.

.section .text

# Leaf %eax as the interface sees it: leaves above the announced maximum read as zero. Results in the usual registers.
cpuid_synthetic:
        mov     %eax, %ecx
        and     $0xffff0000, %ecx
        cmp     $0x40000000, %ecx
        jne     1f
        cmp     leaf_max, %eax
        ja      2f
1:      xor     %ecx, %ecx
        cpuid
        ret
2:      xor     %eax, %eax
        xor     %ebx, %ebx
        xor     %ecx, %ecx
        xor     %edx, %edx
        ret

# Finds out whether there is Hyper-V, sets up the hypercall page, and says what was found.
announce:
        mov     $1, %eax
        xor     %ecx, %ecx
        cpuid
        bt      $31, %ecx
        jnc     1f
        mov     $0x40000000, %eax
        xor     %ecx, %ecx
        cpuid
        mov     %ebx, vendor
        mov     %ecx, vendor + 4
        mov     %edx, vendor + 8
        mov     %eax, %r12d
        mov     $0x40000001, %eax
        xor     %ecx, %ecx
        cpuid
        cmp     $0x31237648, %eax       # "Hv#1"
        jne     1f
        mov     %r12d, leaf_max
        call    hypercall_start
1:
        call    line_begin
        mov     vp_count, %rax
        call    put_decimal
        mov     $text_vcpus, %esi
        cmpq    $1, vp_count
        jne     2f
        mov     $text_vcpu, %esi
2:      call    put_text
        mov     memory_bytes, %rax
        shr     $20, %rax
        call    put_decimal
        cmpl    $0, leaf_max
        jne     3f
        mov     $text_no_hypervisor, %esi
        call    put_text
        jmp     line_end
3:      mov     $text_hypervisor, %esi
        call    put_text
        mov     $vendor, %esi
        mov     $12, %edx
        call    put_bytes
        mov     $text_leaves, %esi
        call    put_text
        mov     leaf_max, %eax
        call    put_hex
        mov     $text_interface, %esi
        call    put_text
        call    line_end
        cmpl    $0, hypercall_refused
        je      4f
        call    line_begin
        mov     $text_refused, %esi
        call    put_text
        call    line_end
        incq    failed
4:      ret

# %rdx bytes at %rsi as text: up to a zero byte, other than printable ones as dots.
put_bytes:
        test    %rdx, %rdx
        jz      3f
        mov     (%rsi), %al
        test    %al, %al
        jz      3f
        cmp     $' ', %al
        jb      1f
        cmp     $'~', %al
        jbe     2f
1:      mov     $'.', %al
2:      call    put_char
        inc     %rsi
        dec     %rdx
        jmp     put_bytes
3:      ret

# GUEST_OS_ID, then HYPERCALL, if the features allow.
hypercall_start:
        mov     $0x40000003, %eax
        call    cpuid_synthetic
        bt      $5, %eax                # AccessHypercallMsrs
        jnc     1f
        mov     %rsp, VP_FIXUP_RSP(%rbp)
        movq    $2f, VP_FIXUP_RIP(%rbp)
        mov     $GUEST_OS_ID, %rax
        mov     %rax, %rdx
        shr     $32, %rdx
        mov     $MSR_GUEST_OS_ID, %ecx
        wrmsr
        mov     $MSR_HYPERCALL, %ecx
        mov     $HYPERCALL_PAGE | 1, %eax
        xor     %edx, %edx
        wrmsr
        rdmsr
        movq    $0, VP_FIXUP_RIP(%rbp)
        cmp     $HYPERCALL_PAGE | 1, %eax
        jne     2f
        movl    $1, hypercall_ready
1:      ret
2:      movl    $1, hypercall_refused
        ret

# Runs all parts in order and says what came of it; result %eax = exit code.
run_parts:
        mov     module, %rbx
        mov     MODULE_PARTS(%rbx), %r12d
        add     $MODULE_HEADER, %rbx
1:      test    %r12d, %r12d
        jz      closing
        mov     %rbx, %rdi
        call    applies
        jc      2f
        mov     %rbx, %rdi
        call    run_on_vps
        incq    offered
        jmp     3f
2:      mov     %rbx, %rdi
        call    not_offered
3:      mov     PART_BYTES(%rbx), %eax
        add     %rax, %rbx
        dec     %r12d
        jmp     1b

closing:
        call    line_begin
        cmpl    $0, leaf_max
        jne     1f
        mov     $text_not_announced, %esi
        call    put_text
1:      mov     offered, %rax
        call    put_decimal
        mov     $text_enlightenments, %esi
        call    put_text
        mov     vp_count, %rax
        call    put_decimal
        mov     $text_vcpus_closing, %esi
        cmpq    $1, vp_count
        jne     2f
        mov     $text_vcpu_closing, %esi
2:      call    put_text
        mov     succeeded, %rax
        call    put_decimal
        mov     $text_ok, %esi
        call    put_text
        mov     failed, %rax
        call    put_decimal
        mov     $text_failed, %esi
        call    put_text
        cmpq    $0, skipped
        je      3f
        mov     skipped, %rax
        call    put_decimal
        mov     $text_skipped, %esi
        call    put_text
3:      mov     absent, %rax
        call    put_decimal
        mov     $text_not_offered, %esi
        call    put_text
        call    line_end
        xor     %eax, %eax
        cmpq    $0, failed
        setne   %al
        ret

# Whether CPUID offers what part %rdi is about; carry set if not.
applies:
        push    %rbx
        push    %r12
        push    %r13
        mov     %rdi, %r12
        movzwl  PART_CONDITIONS(%r12), %r13d
        add     $PART_HEADER, %r12
        cmpl    $0, leaf_max
        je      4f
1:      test    %r13d, %r13d
        jz      3f
        mov     0(%r12), %eax
        call    cpuid_synthetic
        mov     4(%r12), %r8b           # register
        test    %r8b, %r8b
        jz      2f
        mov     %ebx, %eax
        dec     %r8b
        jz      2f
        mov     %ecx, %eax
        dec     %r8b
        jz      2f
        mov     %edx, %eax
2:      mov     8(%r12), %r8d           # value
        cmpb    $0, 5(%r12)             # kind: 0 all bits set, 1 not equal
        jne     5f
        and     %r8d, %eax
        cmp     %r8d, %eax
        jne     4f
        jmp     6f
5:      cmp     %r8d, %eax
        je      4f
6:      add     $CONDITION_BYTES, %r12
        dec     %r13d
        jmp     1b
3:      clc
        jmp     7f
4:      stc
7:      pop     %r13
        pop     %r12
        pop     %rbx
        ret

not_offered:
        push    %rbx
        mov     %rdi, %rbx
        call    row_begin
        mov     $text_absent, %esi
        cmpb    $0, PART_EXPECTED(%rbx)
        jne     1f
        incq    absent
        jmp     2f
1:      incq    failed
        mov     $text_missing, %esi
2:      call    put_text
        call    line_end
        pop     %rbx
        ret

# Starts a line of the table for part %rdi; %rdi = the line afterwards.
row_begin:
        lea     PART_NAME(%rdi), %rsi
        lea     VP_LINE(%rbp), %rdi
        movq    $0, (%rdi)
        call    put_text
        mov     module, %rdx
        mov     MODULE_COLUMN(%rdx), %edx
        jmp     put_spaces_to

# Has part %rdi run where it wants to, and reports on each VP.
run_on_vps:
        push    %rbx
        push    %r12
        push    %r13
        mov     %rdi, %rbx
        mov     $SHARED, %edi
        mov     $SHARED_BYTES / 8, %ecx
        xor     %eax, %eax
        rep stosq
        movq    $0, barrier_arrivals

        mov     vp_count, %r13          # how many take part
        cmpb    $RUN_FIRST, PART_RUN(%rbx)
        jne     1f
        mov     $1, %r13d
1:      cmpb    $RUN_TOGETHER, PART_RUN(%rbx)
        jne     4f

        mov     $1, %r12d
2:      cmp     %r13, %r12
        jae     3f
        mov     %r12, %rsi
        call    block_of
        mov     %rbx, %rdi
        call    give
        inc     %r12d
        jmp     2b
3:      mov     %rbx, %rdi
        call    run_part

4:      xor     %r12d, %r12d            # in VP order: run, unless it runs already; report
5:      cmp     %r13, %r12
        jae     9f
        cmpb    $RUN_TOGETHER, PART_RUN(%rbx)
        je      7f
        test    %r12d, %r12d
        jnz     6f
        mov     %rbx, %rdi
        call    run_part
        jmp     8f
6:      mov     %r12, %rsi
        call    block_of
        mov     %rbx, %rdi
        call    give
7:      mov     %r12, %rsi
        call    block_of
        call    await
        jc      no_answer
8:      mov     %rbx, %rdi
        mov     %r12, %rsi
        call    block_of
        call    row
        inc     %r12d
        jmp     5b
9:      pop     %r13
        pop     %r12
        pop     %rbx
        ret

no_answer:
        mov     %rbx, %rdi
        call    row_begin
        mov     $text_vp, %esi
        call    put_text
        mov     %r12, %rax
        call    put_decimal
        mov     $text_no_answer, %esi
        call    put_text
        call    line_end
        mov     $1, %eax
        jmp     stop

block_of:                               # VP %rsi -> its block
        shl     $VP_BLOCK_SHIFT, %rsi
        add     $VP_BLOCKS, %rsi
        ret

# The line of part %rdi on VP block %rsi.
row:
        push    %r12
        mov     %rsi, %r12
        call    row_begin
        mov     $text_vp, %esi
        call    put_text
        mov     VP_INDEX(%r12), %rax
        call    put_decimal
        mov     module, %rdx
        mov     MODULE_COLUMN(%rdx), %edx
        add     $6, %edx
        call    put_spaces_to
        mov     VP_OUTCOME(%r12), %eax
        mov     row_words(,%rax,8), %rsi
        mov     row_counters(,%rax,8), %rax
        incq    (%rax)
        call    put_text
        lea     VP_MESSAGE(%r12), %rsi
        call    put_buffer
        cmpq    $0, VP_MESSAGE(%r12)
        je      1f
        cmpq    $0, VP_REPORT(%r12)
        je      1f
        mov     $' ', %al
        call    put_char
1:      lea     VP_REPORT(%r12), %rsi
        call    put_buffer
        call    line_end
        pop     %r12
        ret

put_buffer:                             # buffer %rsi -> buffer %rdi
        mov     (%rsi), %rdx
        add     $8, %rsi
1:      test    %rdx, %rdx
        jz      2f
        mov     (%rsi), %al
        call    put_char
        inc     %rsi
        dec     %rdx
        jmp     1b
2:      ret

.section .rodata
.balign 8
row_words:      .quad   0, text_row_ok, text_row_failed, text_row_skipped
row_counters:   .quad   0, succeeded, failed, skipped
text_row_ok:    .asciz  "ok    "
text_row_failed: .asciz "FAIL  "
text_row_skipped: .asciz "skip  "
text_vcpu:      .asciz  " vCPU, "
text_vcpus:     .asciz  " vCPUs, "
text_no_hypervisor: .asciz " MiB, no Hyper-V announced"
text_hypervisor: .asciz " MiB, hypervisor \""
text_leaves:    .asciz  "\" leaves 0x40000000-"
text_interface: .asciz  ", interface Hv#1"
text_refused:   .asciz  "the hypercall page was refused"
text_absent:    .asciz  "not offered"
text_missing:   .asciz  "FAIL  expected, but not offered"
text_no_answer: .asciz  "  FAIL  no answer"
text_not_announced: .asciz "Hyper-V is not announced: "
text_enlightenments: .asciz " enlightenments on "
text_vcpu_closing: .asciz " vCPU: "
text_vcpus_closing: .asciz " vCPUs: "
text_ok:        .asciz  " ok, "
text_failed:    .asciz  " failed, "
text_skipped:   .asciz  " skipped, "
text_not_offered: .asciz " not offered"

.section .bss
.balign 8
offered:        .quad 0                 # parts
absent:         .quad 0
succeeded:      .quad 0                 # runs of a part on a VP
failed:         .quad 0
skipped:        .quad 0
barrier_arrivals: .quad 0
leaf_max:       .long 0                 # 0: no Hyper-V
hypercall_ready: .long 0
hypercall_refused: .long 0
vendor:         .zero 12
