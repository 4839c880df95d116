/**
 * What the tests of an enlightenment stand on. {@link hv.testkit.Guest} is a guest whose every access the test makes
 * itself; {@link hv.testkit.EnlightenmentContract} is what every enlightenment keeps, inherited by its test class.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package hv.testkit;
