package hv.testkit;

/**
 * What every enlightenment keeps. Its test class inherits this and says what is under test:
 *
 * <pre>
 *   class TimeContractTest implements EnlightenmentContract {
 *       public Enlightenment enlightenment() { return new Time(); }
 *   }
 * </pre>
 *
 * <p>In one sentence each: {@link DescriptorContract}: the descriptor is complete and tells the truth.
 * {@link GateContract}: what the guest's CPUID does not show is closed when CPUID is enforced, and open otherwise.
 * {@link StateContract}: reset is fresh, restore gives back what save took, damaged state changes nothing.
 * {@link SwapContract}: a guest cannot tell that it was swapped. {@link RequirementContract}: nor that it, or what it
 * requires, was away. {@link HostileContract}: whatever a guest does ends in a value, a status or a fault.
 */
public interface EnlightenmentContract
        extends DescriptorContract, GateContract, StateContract, SwapContract, RequirementContract, HostileContract {}
