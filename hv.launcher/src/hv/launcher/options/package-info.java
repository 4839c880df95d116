/**
 * What {@code ./hv run} is asked for. The program on the class path reads it once and hands it to the bundle that runs
 * guests, so the framework shows this package of the program's to the bundles in it.
 */
@Version("1.0.0")
package hv.launcher.options;

import org.osgi.annotation.versioning.Version;
