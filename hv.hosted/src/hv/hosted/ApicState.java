package hv.hosted;

import hv.api.StateException;
import hv.api.machine.SectionReader;
import java.util.Map;
import java.util.TreeMap;

/**
 * The registers of a {@link HostedApic}. Each set of vectors is four numbers of 64 bits, vector 0 in bit 0 of the
 * first.
 *
 * @param requested IRR
 * @param autoEoi which of them will not be in service
 * @param inService ISR
 * @param taskPriority TPR
 * @param command ICR
 * @param eoiWord GPA of the exit-less EOI word, 0 for none
 * @param isLatestInService whether the interrupt taken last is in service
 * @param hasOfferedEoi whether the guest was offered to skip the next EOI
 */
record ApicState(
        long[] requested,
        long[] autoEoi,
        long[] inService,
        long taskPriority,
        long command,
        long eoiWord,
        boolean isLatestInService,
        boolean hasOfferedEoi) {
    private static final String IRR = "IRR";
    private static final String AUTO_EOI = "AutoEoi";
    private static final String ISR = "ISR";
    private static final String TPR = "TPR";
    private static final String ICR = "ICR";
    private static final String EOI_WORD = "EoiWordGpa";
    private static final String LATEST_IN_SERVICE = "LatestInService";
    private static final String OFFERED_EOI = "OfferedEoi";
    private static final int WORDS = 4;

    Map<String, Long> values() {
        Map<String, Long> values = new TreeMap<>();
        for (int word = 0; word < WORDS; word++) {
            values.put(IRR + word, requested[word]);
            values.put(AUTO_EOI + word, autoEoi[word]);
            values.put(ISR + word, inService[word]);
        }
        values.put(TPR, taskPriority);
        values.put(ICR, command);
        values.put(EOI_WORD, eoiWord);
        values.put(LATEST_IN_SERVICE, isLatestInService ? 1L : 0);
        values.put(OFFERED_EOI, hasOfferedEoi ? 1L : 0);
        return values;
    }

    static ApicState read(SectionReader section) throws StateException {
        return new ApicState(
                section.values(IRR, WORDS),
                section.values(AUTO_EOI, WORDS),
                section.values(ISR, WORDS),
                section.value(TPR, 0, 0xFF),
                section.value(ICR),
                section.value(EOI_WORD),
                section.flag(LATEST_IN_SERVICE),
                section.flag(OFFERED_EOI));
    }
}
