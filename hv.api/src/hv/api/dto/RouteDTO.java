package hv.api.dto;

/**
 * Who answers an MSR or a hypercall, and how often it was used, all VPs together.
 *
 * @param number MSR index or call code
 * @param name TLFS name
 * @param owner id of the enlightenment, or {@code partition}
 * @param access what the guest may do, for an MSR; empty for a call
 * @param privilege what the guest's CPUID must show
 * @param open whether it does
 * @param reads successful reads of the MSR; 0 for a call
 * @param writes successful writes, or calls made
 * @param refused accesses that ended in a fault, or calls with another status than success
 */
public record RouteDTO(
        int number,
        String name,
        String owner,
        String access,
        String privilege,
        boolean open,
        long reads,
        long writes,
        long refused) {}
