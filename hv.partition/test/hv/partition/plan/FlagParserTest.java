package hv.partition.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hv.api.HostFacts;
import hv.api.Vendor;
import hv.api.enlightenment.FlagOption;
import hv.flags.FlagGrammar;
import hv.partition.TestEnlightenment;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("QEMU -cpu flags")
class FlagParserTest {
    private static final HostFacts HOST =
            HostFacts.builder(Vendor.INTEL, 2_000_000_000L, 1_000_000_000L).build();

    private final Catalogue catalogue = Catalogues.of(
            TestEnlightenment.of("time"),
            TestEnlightenment.of(FlagOption.ofNumber("hv-spinlocks", 0xFFFF_FFFFL, true)),
            TestEnlightenment.of(FlagOption.ofText("hv-vendor-id", false)),
            TestEnlightenment.of(FlagOption.ofChoice("hv-coresharing", "off", "on", "auto")));

    private ParsedFlags parse(String flags) {
        return new FlagParser(catalogue).parse(FlagGrammar.read(flags));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hv-time",
                "hv_time",
                "hv-time=on",
                "hv-time=yes",
                "hv-time=true",
                "hv-time=y",
                "host,hv-time",
                "hv-time=off,+hv-time",
                "+hv-time,hv-time=off",
                " hv-time ,"
            })
    void shouldReadEverySpellingOfASwitchThatIsOn(String flags) {
        ParsedFlags parsed = parse(flags);
        assertTrue(parsed.isOn("hv-time"));
        assertEquals(List.of(), parsed.problems());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "+hv_time | QEMU takes a name as it is written, and has no hv_time | hv-time=on",
                "-hv_time | QEMU takes a name as it is written, and has no hv_time | hv-time=off",
                "HV-time | no deployed enlightenment offers HV-time | hv-time",
                "hv-TIME | no deployed enlightenment offers hv-TIME | hv-time",
            })
    @DisplayName("Names are read as QEMU reads them: small letters, and no underscores behind a sign")
    void names(String flags, String piece, String change) {
        ParsedFlags parsed = parse(flags);
        assertEquals(1, parsed.problems().size(), parsed.problems().toString());
        assertTrue(
                parsed.problems().get(0).reason().contains(piece),
                parsed.problems().toString());
        assertEquals(change, parsed.problems().get(0).change());
        assertEquals("", parsed.foreign().toString());
    }

    @Test
    @DisplayName("A text without a value is 'on', as for QEMU, and that is said")
    void textWithoutValue() {
        ParsedFlags parsed = parse("hv-vendor-id");
        assertEquals("hv-vendor-id=on", parsed.canonical().toString());
        assertEquals("without a value it is 'on'", parsed.problems().get(0).reason());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "hv-time=off",
                "hv-time=no",
                "hv-time=false",
                "hv-time=n",
                "hv-time,hv-time=off",
                "-hv-time,hv-time",
                "+hv-time,-hv-time",
                "-hv-time,+hv-time",
                "host"
            })
    void shouldReadEverySpellingOfASwitchThatIsOff(String flags) {
        assertFalse(parse(flags).isOn("hv-time"));
        assertEquals(List.of(), parse(flags).problems());
    }

    @ParameterizedTest
    @CsvSource({"0x1fff, 8191", "8191, 8191", "0X1FFF, 8191", "0, 0", "010, 8", "0xfffffffe, 4294967294"})
    void shouldReadNumbersInDecimalAndHex(String text, long number) {
        ParsedFlags parsed = parse("hv-spinlocks=" + text);
        assertTrue(parsed.isOn("hv-spinlocks"));
        assertEquals(number, parsed.values().get("hv-spinlocks").number());
    }

    @Test
    @DisplayName("hv-spinlocks=0xffffffff means 'never notify', which is what is so without the flag")
    void shouldTakeAllOnesOfAnEnablingNumberAsNotGiven() {
        assertFalse(parse("hv-spinlocks=0xffffffff").isOn("hv-spinlocks"));
        assertEquals(List.of(), parse("hv-spinlocks=0xffffffff").problems());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hv-spinlocks",
                "hv-spinlocks=",
                "hv-spinlocks=x",
                "hv-spinlocks=-1",
                "hv-spinlocks=0x100000000",
                "hv-time=perhaps",
                "hv-spinlocks=+5",
                "hv-spinlocks=0x",
                "hv-spinlocks=09",
                "hv-vendor-id",
                "hv-coresharing=maybe",
                "+hv-spinlocks",
                "hv-tiem",
                "hv-",
                "x-hv-nonsense=1"
            })
    void shouldSayInOneLineWhatIsWrongAndWhatToWriteInstead(String flags) {
        ParsedFlags parsed = parse(flags);
        assertEquals(1, parsed.problems().size(), parsed.problems()::toString);
        String line = parsed.problems().get(0).toString();
        assertFalse(line.contains("\n"));
        assertFalse(parsed.problems().get(0).remedy().isEmpty(), line);
    }

    @Test
    void shouldSuggestTheFlagThatWasMeant() {
        assertTrue(parse("hv-tiem").problems().get(0).remedy().contains("hv-time"));
    }

    @Test
    @DisplayName("A hundred words that cannot be read are fifty problems and one that counts the rest")
    void shouldBoundTheNumberOfProblems() {
        ParsedFlags parsed = parse("hv-x=1,hv-time=perhaps,".repeat(50));
        assertEquals(51, parsed.problems().size());
        assertEquals("50 more words cannot be read", parsed.problems().get(50).reason());
    }

    @Test
    @DisplayName("What is put on a terminal has no control characters and is short")
    void shouldNotRepeatControlCharactersOrLongWords() {
        String line =
                parse("hv-\u001b[2J" + "x".repeat(10_000)).problems().get(0).toString();
        assertFalse(line.chars().anyMatch(Character::isISOControl));
        assertTrue(line.length() < 400, line);
    }

    @ParameterizedTest
    @CsvSource({
        "'tsc-frequency=5', 5",
        "'tsc_frequency=5,tsc-frequency=6', 6",
        "'tsc-frequency', on",
        "'-tsc-frequency,tsc-frequency=7', off",
        "'+tsc-frequency,tsc-frequency=7', on"
    })
    @DisplayName("A foreign flag's value can be asked for; - wins, then +, then the last, as in QEMU")
    void shouldTellForeignValues(String flags, String value) {
        assertEquals(Optional.of(value), parse(flags).foreignValue("tsc-frequency"));
        assertEquals(Optional.empty(), parse(flags).foreignValue("tsc"));
    }

    @Test
    @DisplayName("A whole argument: foreign flags first, what is off left out, but not behind hv-passthrough")
    void shouldWriteAWholeArgument() {
        assertEquals(
                "host,+vmx,hv-spinlocks=0x5",
                parse("host,hv-time=off,hv-spinlocks=5,+vmx").argument().toString());
        assertEquals(
                "hv-passthrough,hv-time=off",
                parse("hv-passthrough,hv-time=off").argument().toString());
    }

    @Test
    void shouldListForeignFlagsAndPassThemOver() {
        ParsedFlags parsed = parse("host,+vmx,hv-time,kvm=off");
        assertEquals("host,+vmx,kvm=off", parsed.foreign().toString());
    }

    @Test
    void shouldWriteFlagsBackInCanonicalForm() {
        assertEquals(
                "hv-time,hv-spinlocks=0x1fff,hv-vendor-id=Me,hv-coresharing=auto",
                parse("host,hv_time=on,hv_spinlocks=8191,hv-vendor-id=Me,hv-coresharing=auto")
                        .canonical()
                        .toString());
    }

    @Test
    void shouldAnswerAnyTextInBoundedTimeWithoutThrowing() {
        Random random = new Random(20260101);
        String alphabet = "hv-_=,+xtimespnlock0123456789 \u00e9\n\"";
        for (int i = 0; i < 1_000_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(60); n > 0; n--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            assertNotNull(parse(text.toString()).canonical().toString());
        }
        String endless = "hv-time,".repeat(100_000);
        assertEquals(1, new Planner(catalogue).plan(endless, HOST).problems().size());
    }
}
