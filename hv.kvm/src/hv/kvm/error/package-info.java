/** What the KVM back end throws. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package hv.kvm.error;
