package example.vmm;

import hv.api.host.Hypervisor;

/**
 * The same in an OSGi framework: a component that OSGI-INF/vmm.xml describes, with two references to one service. One
 * says when there is all that the guest is promised, in whatever order bundles start: only then the guest is made. The
 * other one says how long the guest lives. So a bundle of an enlightenment may leave and come back under it: its place is
 * vacant meanwhile, and the guest waits.
 */
public final class Component {
    private Vmm vmm;

    /** Called by the component runtime when all is there, and when it is there again, which changes nothing. */
    public synchronized void ready(Hypervisor hypervisor) throws Exception {
        if (vmm == null) {
            vmm = new Vmm(hypervisor, 2, Long.MAX_VALUE, System.out::println);
            vmm.start();
            System.out.println("the guest runs");
        }
    }

    /** Called by the component runtime when the hypervisor goes, or this bundle is stopped. */
    public synchronized void deactivate() {
        if (vmm != null) {
            vmm.close();
            System.out.println("the guest is gone");
        }
    }
}
