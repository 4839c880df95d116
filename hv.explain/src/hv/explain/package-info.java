/**
 * What is known about the interface, for people. {@link hv.explain.Handbook} answers what somebody asks about an
 * enlightenment, an MSR, a call, a status or a crash with a {@link hv.explain.Page}; {@link hv.explain.CpuidDump},
 * {@link hv.explain.FlagGuess} and {@link hv.explain.CpuidReading} read CPUID leaves back.
 *
 * <p>What belongs to one enlightenment is in its folder, as descriptor and as {@code explain/ID.explain}; what belongs
 * to none lies beside these classes. The formats are described in {@code FORMAT.md}. Nothing here depends on a guest
 * that runs.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package hv.explain;
