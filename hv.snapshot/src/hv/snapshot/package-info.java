/**
 * Files that hold a stopped guest: what its enlightenments, its machine and its RAM hold. {@link hv.snapshot.Snapshots}
 * writes and restores them for any VMM that implements {@link hv.api.host.GuestMachine}. The format is described in
 * this project's {@code FORMAT.md}.
 *
 * <p>A file is input from anybody. Everything in it is checked before anything of it reaches the guest, nothing is
 * allocated before its length has been compared with a bound and with the size of the file, and whatever is wrong ends
 * in one line.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.1.0")
package hv.snapshot;
