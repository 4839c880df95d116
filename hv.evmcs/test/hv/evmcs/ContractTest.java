package hv.evmcs;

import hv.api.enlightenment.Enlightenment;
import hv.testkit.EnlightenmentContract;
import java.util.List;
import org.junit.jupiter.api.Nested;

/** What every enlightenment keeps, for the three of this bundle. */
class ContractTest {
    @Nested
    class OfEvmcs implements EnlightenmentContract {
        @Override
        public Enlightenment enlightenment() {
            return new Evmcs();
        }

        @Override
        public List<Enlightenment> required() {
            return List.of(new TestVapic());
        }
    }

    @Nested
    class OfEmsrBitmap implements EnlightenmentContract {
        @Override
        public Enlightenment enlightenment() {
            return new EmsrBitmap();
        }
    }

    @Nested
    class OfTlbflushDirect implements EnlightenmentContract {
        @Override
        public Enlightenment enlightenment() {
            return new TlbflushDirect();
        }

        @Override
        public List<Enlightenment> required() {
            return List.of(new TestVapic());
        }
    }
}
