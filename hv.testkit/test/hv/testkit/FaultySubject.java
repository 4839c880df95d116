package hv.testkit;

import hv.api.enlightenment.Enlightenment;
import hv.testkit.Faulty.Fault;

/**
 * The contracts, with a faulty enlightenment under test.
 *
 * @param fault the rule that it breaks
 */
record FaultySubject(Fault fault) implements EnlightenmentContract {
    @Override
    public Enlightenment enlightenment() {
        return new Faulty(fault);
    }
}
