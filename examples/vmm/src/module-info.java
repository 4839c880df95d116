/** A small VMM on hv's public API. */
module example.vmm {
    requires hv.api;

    uses hv.api.host.Hypervisor;
}
