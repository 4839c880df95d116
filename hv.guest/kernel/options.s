# Options on the boot command line: NAME=VALUE words. A value is a number (decimal, or hex with 0x), a time (5s, 100ms, 20us)
# in units of 100 ns, or no, yes, once (0, 1, 2).

.section .text

# Looks for %rsi = name; %rdx = its value's text, or 0 if it is not given. Keeps %rsi.
option_find:
        mov     command_line, %rdx
        test    %rdx, %rdx
        jz      5f
1:      cmpb    $0, (%rdx)              # at the start of a word, or at a blank
        je      4f
        cmpb    $' ', (%rdx)
        jne     2f
        inc     %rdx
        jmp     1b
2:      mov     %rsi, %rcx
3:      mov     (%rcx), %al
        test    %al, %al
        jz      7f
        cmp     %al, (%rdx)
        jne     6f
        inc     %rcx
        inc     %rdx
        jmp     3b
7:      cmpb    $'=', (%rdx)
        jne     6f
        inc     %rdx
        ret
6:      cmpb    $0, (%rdx)              # another word: to its end
        je      4f
        cmpb    $' ', (%rdx)
        je      1b
        inc     %rdx
        jmp     6b
4:      xor     %edx, %edx
5:      ret

# Reads the value at %rdx into %rax; carry set if it is none.
option_value:
        mov     $option_words, %r8d
1:      mov     (%r8), %rsi             # the words first
        test    %rsi, %rsi
        jz      3f
        mov     %rdx, %rcx
2:      mov     (%rsi), %al
        test    %al, %al
        jz      4f
        cmp     %al, (%rcx)
        jne     5f
        inc     %rsi
        inc     %rcx
        jmp     2b
4:      mov     8(%r8), %rax
        jmp     option_ends
5:      add     $16, %r8
        jmp     1b

3:      mov     %rdx, %rcx
        xor     %eax, %eax
        mov     $10, %r9d               # base
        cmpb    $'0', (%rcx)
        jne     1f
        cmpb    $'x', 1(%rcx)
        jne     1f
        add     $2, %rcx
        mov     $16, %r9d
1:      mov     %rcx, %r10              # at least one digit
2:      movzbl  (%rcx), %esi
        sub     $'0', %esi
        cmp     $10, %esi
        jb      3f
        cmp     $16, %r9d
        jne     4f
        movzbl  (%rcx), %esi
        or      $0x20, %esi             # either case
        sub     $'a' - 10, %esi
        cmp     $10, %esi
        jb      4f
        cmp     $16, %esi
        jae     4f
3:      mul     %r9
        jo      option_bad
        add     %rsi, %rax
        jc      option_bad
        inc     %rcx
        jmp     2b
4:      cmp     %rcx, %r10
        je      option_bad
        cmp     $16, %r9d
        je      option_ends
        mov     $option_units, %r8d
5:      mov     (%r8), %rsi
        test    %rsi, %rsi
        jz      option_ends
        mov     %rcx, %r9
6:      mov     (%rsi), %r10b
        test    %r10b, %r10b
        jz      7f
        cmp     %r10b, (%r9)
        jne     8f
        inc     %rsi
        inc     %r9
        jmp     6b
8:      add     $16, %r8
        jmp     5b
7:      mov     %r9, %rcx
        mulq    8(%r8)
        jo      option_bad
option_ends:                            # the word must end here
        cmpb    $0, (%rcx)
        je      1f
        cmpb    $' ', (%rcx)
        jne     option_bad
1:      clc
        ret
option_bad:
        stc
        ret

# Options of the kernel itself.
options_boot:
        mov     $text_x2apic, %esi
        call    option_find
        test    %rdx, %rdx
        jz      1f
        call    option_value
        jc      3f
        xor     $1, %eax
        mov     %eax, option_xapic
1:      mov     $text_limit, %esi
        call    option_find
        test    %rdx, %rdx
        jz      2f
        call    option_value
        jc      4f
        mov     %rax, part_limit
2:      ret
3:      mov     $text_bad_x2apic, %esi
        jmp     boot_failure
4:      mov     $text_bad_limit, %esi
        jmp     boot_failure

.section .rodata
.balign 8
option_words:   .quad   text_no, 0, text_yes, 1, text_once, 2, 0
option_units:   .quad   text_ms, MILLISECOND, text_us, 10, text_s, SECOND, 0
text_yes:       .asciz  "yes"
text_no:        .asciz  "no"
text_once:      .asciz  "once"
text_ms:        .asciz  "ms"
text_us:        .asciz  "us"
text_s:         .asciz  "s"
text_x2apic:    .asciz  "x2apic"
text_bad_x2apic: .asciz "option x2apic: write yes or no"
text_limit:     .asciz  "limit"
text_bad_limit: .asciz  "option limit: write a time (5s, 100ms, 20us)"

.section .data
.balign 8
part_limit:     .quad   PART_LIMIT      # how long a part may take

.section .bss
option_xapic:   .long   0
                .long   0
