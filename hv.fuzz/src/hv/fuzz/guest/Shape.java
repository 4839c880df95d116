package hv.fuzz.guest;

import hv.fuzz.target.Choices;

/** How large an attacked partition is. */
enum Shape {
    /** From one page and one VP to more VPs than a set of one or two banks holds. */
    ANY(
            new int[] {1, 1, 1, 2, 2, 2, 3, 4, 4, 4, 4, 8, 8, 8, 65, 130},
            new int[] {1 << 20, 1 << 20, 1 << 20, 2 << 20, 2 << 20, 64 << 10, 64 << 10, 4096}),
    /** For what looks at all of it again and again. */
    SMALL(new int[] {1, 2, 2, 4}, new int[] {32 << 10, 64 << 10});

    private final int[] vps;
    private final int[] memoryBytes;

    Shape(int[] vps, int[] memoryBytes) {
        this.vps = vps;
        this.memoryBytes = memoryBytes;
    }

    int vps(Choices choices) {
        return vps[choices.below(vps.length)];
    }

    int memoryBytes(Choices choices) {
        return memoryBytes[choices.below(memoryBytes.length)];
    }
}
