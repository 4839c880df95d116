package hv.partition;

import hv.api.Enlightenment;
import hv.partition.failure.Limits;

/** A hypervisor whose enlightenments come and go by hand, each with a version. */
final class Versions extends PartitionService {
    Versions() {}

    /** One that lets code of bundles take so long. */
    Versions(Limits limits) {
        super(limits);
    }

    /** Deploys version 1.{@code minor}.0; returns once running partitions have taken notice. */
    Versions come(Enlightenment enlightenment, int minor) {
        deploy(enlightenment, origin(enlightenment, minor), 1, minor, 0, "");
        return this;
    }

    void go(Enlightenment enlightenment) {
        withdraw(enlightenment);
    }

    static String origin(Enlightenment enlightenment, int minor) {
        return "hv." + enlightenment.descriptor().id() + " 1." + minor + ".0";
    }
}
