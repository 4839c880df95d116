package hv.partition.plan;

import hv.api.Release;
import hv.api.enlightenment.Enlightenment;
import hv.partition.failure.BundleCalls;
import hv.partition.failure.CallException;
import hv.partition.failure.Failures;
import hv.partition.failure.Limits;

/** Makes catalogues for tests. */
final class Catalogues {
    private Catalogues() {}

    static Catalogue empty() {
        return new Catalogue(new BundleCalls(new Limits(), new Failures("test")));
    }

    static Catalogue of(Enlightenment... deployed) {
        Catalogue catalogue = empty();
        for (Enlightenment enlightenment : deployed) {
            try {
                catalogue.add(catalogue.describe(enlightenment, "test", Release.NONE));
            } catch (CallException e) {
                throw new IllegalArgumentException(e);
            }
        }
        return catalogue;
    }
}
