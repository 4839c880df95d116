# Where everything is: physical memory, the block of each virtual processor, vectors, the module's fields.
# Read first by the assembler, so that the other files can use the names.

# --- physical memory -------------------------------------------------------------------------------------------
# Below 0x7000 lie the loader's tables (page tables, boot information). 0x7000 is left as it is, also by this kernel:
# a part may keep a mark there that outlives a reset.
.set TRAMPOLINE,        0x8000          # real-mode start of the application processors
.set HYPERCALL_PAGE,    0x500000
.set SHARED,            0x510000        # one area for all VPs of a part, cleared before each part
.set SHARED_BYTES,      0x4000
.set VP_BLOCKS,         0x520000        # one block for each VP
.set VP_BLOCK_SHIFT,    16
.set VPS_MAX,           255

# --- block of a VP, reached by %rbp while it runs kernel code and by %gs:0 in interrupt handlers ----------------
.set VP_SELF,           0x000
.set VP_INDEX,          0x008
.set VP_JOB,            0x010           # the part to run; 0 while idle
.set VP_OUTCOME,        0x018           # OUTCOME_*
.set VP_FIXUP_RIP,      0x020           # where #GP and #UD go on; 0: they are unexpected
.set VP_FIXUP_RSP,      0x028
.set VP_AT,             0x030           # the instruction being interpreted
.set VP_CODE,           0x038
.set VP_STRINGS,        0x040
.set VP_DEADLINE,       0x048           # clock at which the part has taken too long
.set VP_INTERRUPTS,     0x050           # 1: the part runs with interrupts on
.set VP_DEPTH,          0x058           # how many returns are on VP_RETURNS
.set VP_RETURNS,        0x060
.set RETURNS_MAX,       16
.set VP_BARRIERS,       0x0e0
.set VP_TAKEN,          0x0e8           # interrupts taken, the kernel's own not counted
.set VP_ALIVE,          0x0f0
.set VP_STACK_MARK,     0x0f8           # %rsp to return to when the part ends
.set VP_REGISTERS,      0x100
.set VP_XMM,            0x180           # XMM0 to XMM5 for the next hypercall
.set VP_XMM_USED,       0x1e0
.set VP_NO_EOI,         0x200           # a byte for each vector: 1 = the handler leaves the EOI out
.set VP_COUNTS,         0x800           # a qword for each vector
.set VP_MESSAGE,        0x1000          # text buffers: length, then characters
.set VP_REPORT,         0x1400
.set VP_LINE,           0x1800
.set TEXT_MAX,          1000
.set VP_STACK_TOP,      0x4000          # grows down to 0x2000
.set VP_SCRATCH,        0x8000          # cleared before the VP runs a part
.set VP_SCRATCH_BYTES,  0x8000

.set OUTCOME_OK,        1
.set OUTCOME_FAILED,    2
.set OUTCOME_SKIPPED,   3

# --- vectors of the kernel; a part has 0x20 to 0xfc --------------------------------------------------------------
.set VECTOR_UD,         6
.set VECTOR_GP,         13
.set VECTOR_TIMER,      0xfd
.set VECTOR_WAKE,       0xfe
.set VECTOR_SPURIOUS,   0xff

# --- MSRs ----------------------------------------------------------------------------------------------------------
.set MSR_APIC_BASE,     0x1b
.set MSR_EFER,          0xc0000080
.set MSR_GS_BASE,       0xc0000101
.set MSR_GUEST_OS_ID,   0x40000000
.set MSR_HYPERCALL,     0x40000001
# An open-source guest (bit 63) of type 0x68, OS 0x76, version 1.
.set GUEST_OS_ID,       0xe876000000010000

# --- the module: header, then the parts one after another (written by Bytecode.java) -------------------------------
.set MODULE_PARTS,      8
.set MODULE_COLUMN,     12              # width of the column of names
.set MODULE_HEADER,     16
.set PART_BYTES,        0
.set PART_RUN,          4               # RUN_*
.set PART_EXPECTED,     5
.set PART_CONDITIONS,   6
.set PART_CODE,         8
.set PART_STRINGS,      12
.set PART_NAME,         16              # zero-terminated
.set PART_HEADER,       56
.set CONDITION_BYTES,   16              # leaf, register, kind, value
.set RUN_EACH,          0
.set RUN_FIRST,         1
.set RUN_TOGETHER,      2

# --- time, in units of 100 ns ----------------------------------------------------------------------------------------
.set MILLISECOND,       10000
.set SECOND,            10000000
.set PART_LIMIT,        60 * SECOND     # unless the option says otherwise
.set ANSWER_MARGIN,     10 * SECOND
.set START_LIMIT,       10 * SECOND
.set BARRIER_LIMIT,     20 * SECOND
.set NAP,               10 * MILLISECOND
