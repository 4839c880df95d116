package hv.partition;

import hv.api.GuestFault;
import hv.api.HvStatus;
import hv.api.Problem;
import hv.api.StateException;
import hv.api.enlightenment.Attachment;
import hv.api.enlightenment.Configuration;
import hv.api.enlightenment.CpuidBits;
import hv.api.enlightenment.Descriptor;
import hv.api.enlightenment.Enlightenment;
import hv.api.enlightenment.FlagOption;
import hv.api.enlightenment.HypercallHandler;
import hv.api.enlightenment.HypercallInput;
import hv.api.enlightenment.HypercallSpec;
import hv.api.enlightenment.MsrHandler;
import hv.api.enlightenment.MsrRange;
import hv.api.enlightenment.Partition;
import hv.api.enlightenment.StateReader;
import hv.api.enlightenment.StateWriter;
import hv.api.enlightenment.VpAttachment;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;

/** An enlightenment made to measure: one stored value per VP behind all its MSRs, one function behind all its calls. */
public final class TestEnlightenment implements Enlightenment {
    private final Descriptor descriptor;
    private ToIntFunction<HypercallInput> call = input -> HvStatus.SUCCESS;
    private MsrHandler brokenMsr;
    private Consumer<Consumer<Problem>> check = problems -> {};

    private TestEnlightenment(Descriptor descriptor) {
        this.descriptor = descriptor;
    }

    public static TestEnlightenment of(String id, String... requires) {
        return new TestEnlightenment(
                descriptor(id, FlagOption.ofSwitch("hv-" + id), List.of(requires), List.of(), List.of(), List.of()));
    }

    public static TestEnlightenment of(FlagOption option, CpuidBits... bits) {
        String id = option.flag().substring("hv-".length());
        return new TestEnlightenment(descriptor(id, option, List.of(), List.of(bits), List.of(), List.of()));
    }

    public TestEnlightenment with(CpuidBits... bits) {
        return copy(List.of(bits), descriptor.msrs(), descriptor.hypercalls());
    }

    public TestEnlightenment with(MsrRange... ranges) {
        return copy(descriptor.cpuid(), List.of(ranges), descriptor.hypercalls());
    }

    public TestEnlightenment with(HypercallSpec spec, ToIntFunction<HypercallInput> handler) {
        TestEnlightenment copy = copy(descriptor.cpuid(), descriptor.msrs(), List.of(spec));
        copy.call = handler;
        return copy;
    }

    public TestEnlightenment withBrokenMsr(MsrHandler handler) {
        brokenMsr = handler;
        return this;
    }

    public TestEnlightenment withCheck(Consumer<Consumer<Problem>> problems) {
        check = problems;
        return this;
    }

    private TestEnlightenment copy(List<CpuidBits> bits, List<MsrRange> msrs, List<HypercallSpec> calls) {
        TestEnlightenment copy = new TestEnlightenment(
                descriptor(descriptor.id(), descriptor.options().get(0), descriptor.requires(), bits, msrs, calls));
        copy.call = call;
        return copy;
    }

    private static Descriptor descriptor(
            String id,
            FlagOption option,
            List<String> requires,
            List<CpuidBits> bits,
            List<MsrRange> msrs,
            List<HypercallSpec> calls) {
        return new Descriptor(
                id, id, "is tested", "none", List.of(option), requires, List.of(), "", bits, msrs, calls, 2);
    }

    @Override
    public Descriptor descriptor() {
        return descriptor;
    }

    @Override
    public void check(Configuration configuration, Consumer<Problem> problems) {
        check.accept(problems);
    }

    @Override
    public Attachment attach(Partition partition) {
        return vp -> new OneValue();
    }

    private final class OneValue implements VpAttachment, MsrHandler {
        private long value;

        @Override
        public MsrHandler msr(int msr) {
            return brokenMsr == null ? this : brokenMsr;
        }

        @Override
        public HypercallHandler hypercall(int code) {
            return call::applyAsInt;
        }

        @Override
        public long read(int msr) {
            return value;
        }

        @Override
        public void write(int msr, long newValue) throws GuestFault {
            if (newValue == -1) {
                throw GuestFault.GENERAL_PROTECTION;
            }
            value = newValue;
        }

        @Override
        public void save(StateWriter out) {
            out.put("value", value);
        }

        @Override
        public void restore(StateReader in) throws StateException {
            long saved = in.get("value");
            if (saved == -1) {
                throw new StateException("value cannot be -1");
            }
            value = saved;
        }

        @Override
        public void reset() {
            value = 0;
        }
    }
}
