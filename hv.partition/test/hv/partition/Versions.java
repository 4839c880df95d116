package hv.partition;

import hv.api.enlightenment.Enlightenment;

/** A hypervisor whose enlightenments come and go by hand, each with a version. */
final class Versions extends PartitionService {
    /** Deploys version 1.{@code minor}.0; returns once running partitions have taken notice. */
    Versions come(Enlightenment enlightenment, int minor) {
        deploy(enlightenment, origin(enlightenment, minor), 1, minor, 0, "");
        return this;
    }

    /** The same for one that cannot be asked what it is. */
    void come(Enlightenment enlightenment, String origin, int minor) {
        deploy(enlightenment, origin, 1, minor, 0, "");
    }

    void go(Enlightenment enlightenment) {
        withdraw(enlightenment);
    }

    static String origin(Enlightenment enlightenment, int minor) {
        return "hv." + enlightenment.descriptor().id() + " 1." + minor + ".0";
    }
}
