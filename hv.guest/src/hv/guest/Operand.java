package hv.guest;

/** A kind of operand, as the compiler reads it. */
enum Operand {
    /** A register that receives the result. */
    DESTINATION,
    /** The first of four registers that receive results. */
    FOUR_DESTINATIONS,
    /** A register or a number; up to three in an instruction. */
    SOURCE,
    /** {@code [source]}, {@code [source+N]} or {@code [source-N]}, N up to 32767. */
    ADDRESS,
    /** One of {@link Instruction#COMPARISONS}. */
    COMPARISON,
    /** The word {@code goto}. */
    GOTO,
    /** A place in the program. */
    LABEL,
    /** {@code else label}, or nothing. */
    ELSE,
    /** A string in quotes. */
    TEXT,
    /** A name, kept as a string. */
    WORD,
    /** {@code on} or {@code off}. */
    ON_OFF,
    /** {@code apic} or {@code none}. */
    EOI,
    /** The number of an XMM register, 0 to 5. */
    XMM,
    /** The word {@code hex}. */
    HEX,
    /** The word {@code text}. */
    TEXT_KEYWORD
}
