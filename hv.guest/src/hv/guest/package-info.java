/**
 * Our own guest: what a guest does with each enlightenment, written as small programs ("parts") that lie in the
 * enlightenments' own folders, and two machines that run them: a kernel for a real CPU, and an interpreter for a
 * partition with no CPU.
 *
 * <p>The way of a part: {@link hv.guest.GuestPart#parse} compiles its text, {@link hv.guest.GuestProgram} packs several
 * into a module. A VMM loads {@link hv.guest.GuestProgram#kernel} and {@link hv.guest.GuestProgram#module} and starts
 * the CPU, or {@link hv.guest.HostedGuest} runs the same module. The language is described in this project's
 * {@code README.md}.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package hv.guest;
