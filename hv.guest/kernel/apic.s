# The local APIC, by x2APIC MSRs where CPUID offers them and the command line does not say x2apic=no, else by MMIO; and
# the kernel's clock: the time stamp counter, measured once against the APIC timer (1 GHz, as KVM's is), so that no
# enlightenment under test is needed to bound a wait.

.section .text
.set APIC,              0xfee00000
.set APIC_TPR,          0x80
.set APIC_EOI,          0xb0
.set APIC_SVR,          0xf0
.set APIC_ICR,          0x300
.set APIC_ICR_HIGH,     0x310
.set APIC_LVT_TIMER,    0x320
.set APIC_TIMER_INITIAL, 0x380
.set APIC_TIMER_NOW,    0x390
.set APIC_TIMER_DIVIDE, 0x3e0
.set APIC_HZ,           1000000000
.set MEASURE_TICKS,     2000000         # 2 ms
.set ASSUMED_TSC_HZ,    2500000000      # if the APIC timer does not count

apic_read:                              # %ecx = register; result %eax
        cmpl    $0, x2apic
        jne     1f
        mov     $APIC, %edx
        mov     (%rdx,%rcx), %eax
        ret
1:      shr     $4, %ecx
        add     $0x800, %ecx
        rdmsr
        ret

apic_write:                             # %ecx = register, %eax = value
        cmpl    $0, x2apic
        jne     1f
        mov     $APIC, %edx
        mov     %eax, (%rdx,%rcx)
        ret
1:      shr     $4, %ecx
        add     $0x800, %ecx
        xor     %edx, %edx
        wrmsr
        ret

apic_eoi:
        mov     $APIC_EOI, %ecx
        xor     %eax, %eax
        jmp     apic_write

# Interrupt command: %eax = low half, %r8d = APIC id.
apic_command:
        cmpl    $0, x2apic
        jne     1f
        mov     $APIC, %edx
        shl     $24, %r8d
        mov     %r8d, APIC_ICR_HIGH(%rdx)
        mov     %eax, APIC_ICR(%rdx)
        ret
1:      mov     $0x830, %ecx
        mov     %r8d, %edx
        wrmsr
        ret

# Wakes VP %r8d.
apic_wake:
        mov     $0x4000 | VECTOR_WAKE, %eax
        jmp     apic_command

# On the boot processor: chooses the mode. Then as on every VP.
apic_start:
        push    %rbx
        mov     $1, %eax
        xor     %ecx, %ecx
        cpuid
        pop     %rbx
        bt      $21, %ecx
        jnc     1f
        cmpl    $0, option_xapic
        jne     1f
        movl    $1, x2apic
1:
apic_enter:
        mov     $MSR_APIC_BASE, %ecx
        rdmsr
        or      $1 << 11, %eax
        wrmsr
        cmpl    $0, x2apic
        je      1f
        or      $1 << 10, %eax
        wrmsr
1:      mov     $APIC_SVR, %ecx
        mov     $0x100 | VECTOR_SPURIOUS, %eax
        call    apic_write
        mov     $APIC_TPR, %ecx
        xor     %eax, %eax
        call    apic_write
        mov     $APIC_TIMER_DIVIDE, %ecx
        mov     $0xb, %eax              # by 1
        call    apic_write
        mov     $APIC_LVT_TIMER, %ecx
        mov     $VECTOR_TIMER, %eax     # one-shot
        jmp     apic_write

tsc_read:                               # result %rax
        rdtsc
        shl     $32, %rdx
        or      %rdx, %rax
        ret

clock_start:
        mov     $APIC_LVT_TIMER, %ecx
        mov     $1 << 16 | VECTOR_TIMER, %eax   # masked while it serves as a ruler
        call    apic_write
        mov     $APIC_TIMER_INITIAL, %ecx
        mov     $-1, %eax
        call    apic_write
        mov     $1000000, %r9d          # looks at most
        mov     $APIC_TIMER_NOW, %ecx
        call    apic_read
        mov     %eax, %r10d
        call    tsc_read
        mov     %rax, %r11
1:      dec     %r9d
        jz      2f
        mov     $APIC_TIMER_NOW, %ecx
        call    apic_read
        mov     %r10d, %r8d
        sub     %eax, %r8d
        cmp     $MEASURE_TICKS, %r8d
        jb      1b
        call    tsc_read
        sub     %r11, %rax
        mov     $APIC_HZ, %ecx
        mul     %rcx
        cmp     %r8, %rdx
        jae     2f
        div     %r8                     # TSC ticks in a second
        cmp     $SECOND, %rax
        ja      3f
2:      mov     $ASSUMED_TSC_HZ, %eax
3:      mov     %rax, %rcx
        mov     $SECOND, %edx
        xor     %eax, %eax
        div     %rcx
        mov     %rax, clock_scale       # 2^64 * 10^7 / Hz
        mov     $APIC_TIMER_INITIAL, %ecx
        xor     %eax, %eax
        call    apic_write
        mov     $APIC_LVT_TIMER, %ecx
        mov     $VECTOR_TIMER, %eax
        jmp     apic_write

clock_now:                              # result %rax, in 100 ns; only %rdx is lost
        rdtsc
        shl     $32, %rdx
        or      %rdx, %rax
        mulq    clock_scale
        mov     %rdx, %rax
        ret

# Halts until an interrupt comes, but not for longer than NAP and not beyond clock %rdi. Interrupts are off before and after.
nap:
        call    clock_now
        mov     %rdi, %rcx
        sub     %rax, %rcx
        jbe     3f
        cmp     $NAP, %rcx
        jbe     1f
        mov     $NAP, %ecx
1:      imul    $100, %rcx, %rax        # ns
        mov     $APIC_TIMER_INITIAL, %ecx
        call    apic_write
        sti
        hlt
        cli
3:      ret

.section .bss
.balign 8
clock_scale:    .quad 0
x2apic:         .long 0
                .long 0
