# Text: buffers in the VP's block, and the 16550 at 0x3f8, polled. Whole lines go out under a lock, so the output of
# several VPs never mixes.
#
# A buffer is a length (qword) and characters; what does not fit is dropped. All put_* keep %rdi (the buffer), %rbx, %rbp,
# %r12 to %r15.

.section .text
.set UART, 0x3f8

put_char:                               # %al
        mov     (%rdi), %rcx
        cmp     $TEXT_MAX, %rcx
        jae     1f
        mov     %al, 8(%rdi,%rcx)
        incq    (%rdi)
1:      ret

put_text:                               # %rsi, zero-terminated
        mov     (%rsi), %al
        test    %al, %al
        jz      1f
        call    put_char
        inc     %rsi
        jmp     put_text
1:      ret

put_hex:                                # %rax, with 0x and without leading zeros
        mov     %rax, %rdx
        mov     $'0', %al
        call    put_char
        mov     $'x', %al
        call    put_char
        mov     $60, %r8d
1:      mov     %r8d, %ecx
        mov     %rdx, %rax
        shr     %cl, %rax
        test    %rax, %rax
        jnz     2f
        sub     $4, %r8d
        jg      1b
        xor     %r8d, %r8d
2:      mov     %r8d, %ecx
        mov     %rdx, %rax
        shr     %cl, %rax
        and     $15, %eax
        mov     hex_digits(%rax), %al
        call    put_char
        sub     $4, %r8d
        jns     2b
        ret

put_decimal:                            # %rax, unsigned
        sub     $32, %rsp
        mov     $10, %r9d
        lea     31(%rsp), %rsi
        movb    $0, (%rsi)
1:      xor     %edx, %edx
        div     %r9
        add     $'0', %dl
        dec     %rsi
        mov     %dl, (%rsi)
        test    %rax, %rax
        jnz     1b
        call    put_text
        add     $32, %rsp
        ret

put_spaces_to:                          # until the buffer holds %rdx characters, and at least one
1:      mov     $' ', %al
        call    put_char
        cmp     %rdx, (%rdi)
        jb      1b
        ret

# Starts a line of the program itself: %rdi = this VP's line buffer.
line_begin:
        lea     VP_LINE(%rbp), %rdi
        movq    $0, (%rdi)
        mov     $text_program, %esi
        jmp     put_text

# Writes the line in buffer %rdi without blanks at its end, and a line feed.
line_end:
        mov     (%rdi), %r8
        test    %r8, %r8
        jz      5f
        cmpb    $' ', 7(%rdi,%r8)
        jne     5f
        decq    (%rdi)
        jmp     line_end
5:      mov     $100000, %r9d           # an owner that died must not silence the others
1:      mov     $1, %eax
        xchg    %eax, console_lock
        test    %eax, %eax
        jz      2f
        pause
        dec     %r9d
        jnz     1b
2:      mov     (%rdi), %r8
        lea     8(%rdi), %rsi
3:      test    %r8, %r8
        jz      4f
        mov     (%rsi), %al
        call    uart_write
        inc     %rsi
        dec     %r8
        jmp     3b
4:      mov     $'\n', %al
        call    uart_write
        movl    $0, console_lock
        ret

uart_text:                              # %rsi, zero-terminated
        mov     (%rsi), %al
        test    %al, %al
        jz      1f
        call    uart_write
        inc     %rsi
        jmp     uart_text
1:      ret

uart_write:                             # %al
        mov     %al, %r10b
        mov     $10000, %ecx
1:      mov     $UART + 5, %edx
        in      %dx, %al
        test    $0x20, %al
        jnz     2f
        dec     %ecx
        jnz     1b
2:      mov     $UART, %edx
        mov     %r10b, %al
        out     %al, %dx
        ret

.section .rodata
hex_digits:     .ascii "0123456789abcdef"
text_program:   .asciz "hv-guest: "

.section .bss
console_lock:   .long 0
                .long 0
