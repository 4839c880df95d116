/** Guest RAM ready to use, over a memory segment. */
@Export
@Version("1.0.0")
package hv.memory;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
