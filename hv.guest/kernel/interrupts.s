# The interrupt table. Interrupts (32 to 255) are counted, for each VP and vector, and acknowledged at the APIC unless the part
# has said otherwise. #GP and #UD go to the fix-up that the interpreter has set; every other exception ends the run with one
# line.

.section .text
.set STUB_BYTES, 16

.balign STUB_BYTES
isr_stubs:
.set v, 0
.rept 256
        .balign STUB_BYTES
        .if v == 8 || v == 10 || v == 11 || v == 12 || v == 13 || v == 14 || v == 17 || v == 21 || v == 29 || v == 30
        .else
        pushq   $0                      # where the processor pushes no error code
        .endif
        pushq   $v
        jmp     isr
        .set v, v + 1
.endr

# Stack: %rdx, %rcx, %rax, vector, error code, %rip, %cs, flags, %rsp, %ss.
.set FRAME_VECTOR, 24
.set FRAME_ERROR,  32
.set FRAME_RIP,    40
.set FRAME_RSP,    64
isr:
        push    %rax
        push    %rcx
        push    %rdx
        mov     %gs:VP_SELF, %rcx
        mov     FRAME_VECTOR(%rsp), %eax
        cmp     $32, %eax
        jb      exception
        incq    VP_COUNTS(%rcx,%rax,8)
        cmp     $VECTOR_SPURIOUS, %eax
        je      2f
        cmp     $VECTOR_TIMER, %eax
        jae     1f
        incq    VP_TAKEN(%rcx)
1:      cmpb    $0, VP_NO_EOI(%rcx,%rax)
        jne     2f
        call    apic_eoi
2:      pop     %rdx
        pop     %rcx
        pop     %rax
        add     $16, %rsp
        iretq

exception:
        cmp     $VECTOR_GP, %eax
        je      1f
        cmp     $VECTOR_UD, %eax
        jne     unexpected
1:      mov     VP_FIXUP_RIP(%rcx), %rdx
        test    %rdx, %rdx
        jz      unexpected
        mov     %rdx, FRAME_RIP(%rsp)
        mov     VP_FIXUP_RSP(%rcx), %rdx
        mov     %rdx, FRAME_RSP(%rsp)
        movq    $0, VP_FIXUP_RIP(%rcx)
        jmp     2b

unexpected:
        mov     %rcx, %rbp
        mov     %rsp, %rbx
        call    line_begin
        mov     $text_vp, %esi
        call    put_text
        mov     VP_INDEX(%rbp), %rax
        call    put_decimal
        mov     $text_exception, %esi
        call    put_text
        mov     FRAME_VECTOR(%rbx), %eax
        call    put_decimal
        mov     $text_at, %esi
        call    put_text
        mov     FRAME_RIP(%rbx), %rax
        call    put_hex
        mov     $text_error, %esi
        call    put_text
        mov     FRAME_ERROR(%rbx), %eax
        call    put_hex
        mov     $text_address, %esi
        call    put_text
        mov     %cr2, %rax
        call    put_hex
        call    line_end
        mov     $1, %eax
        jmp     stop

idt_build:
        mov     $idt, %edi
        mov     $isr_stubs, %eax
        mov     $256, %ecx
1:      mov     %ax, (%rdi)
        movw    $8, 2(%rdi)
        movw    $0x8e00, 4(%rdi)        # interrupt gate
        mov     %eax, %edx
        shr     $16, %edx
        mov     %dx, 6(%rdi)
        add     $16, %rdi
        add     $STUB_BYTES, %eax
        dec     %ecx
        jnz     1b
        ret

.section .rodata
text_vp:        .asciz "vp "
text_exception: .asciz ": unexpected exception, vector "
text_at:        .asciz " at "
text_error:     .asciz ", error code "
text_address:   .asciz ", fault address "

.section .data
idt_pointer:
        .word   256 * 16 - 1
        .quad   idt

.section .bss
.balign 16
idt:    .zero   256 * 16
