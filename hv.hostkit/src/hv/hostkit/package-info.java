/**
 * The contract that every {@link hv.api.host.Host} keeps, as tests of JUnit 5: extend
 * {@link hv.hostkit.HostContract} and give it your VMM ({@link hv.hostkit.HostSubject}). Each rule is a test, whose
 * failure says what to change. On the class path of the tests have to be {@code hv.api}, {@code hv.flags},
 * {@code hv.partition} and whatever enlightenments your guests use.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package hv.hostkit;
