package hv.partition.failure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.util.NoSuchElementException;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("What was thrown is said in words")
class WordsTest {
    private static Stream<Throwable> all() {
        return Stream.of(
                new IllegalStateException("told to"),
                new IllegalStateException(new IOException("inside")),
                new NullPointerException(),
                new NoClassDefFoundError("hv/Gone"),
                new ExceptionInInitializerError(new IllegalArgumentException("inside")),
                new StackOverflowError(),
                new OutOfMemoryError("Java heap space"),
                new AssertionError(new Error("inside")),
                new Exception(),
                new Exception("two\nlines"));
    }

    @ParameterizedTest
    @MethodSource("all")
    @DisplayName("In one line, without the name of a class of exceptions")
    void isOneLineOfWords(Throwable thrown) {
        String words = Words.of(thrown);
        assertEquals(1, words.lines().count(), words);
        assertFalse(words.contains("Exception") || words.matches(".*[A-Za-z]Error.*"), words);
    }

    @Test
    @DisplayName("What is called by its name in the JDK is called so here, in small letters")
    void names() {
        assertEquals("no such element: of a list", Words.of(new NoSuchElementException("of a list")));
        assertEquals("it failed", Words.of(new Exception()));
        assertEquals("memory ran out: Java heap space", Words.of(new OutOfMemoryError("Java heap space")));
        assertEquals(
                "it did what cannot be done at that moment: inside",
                Words.of(new IllegalStateException(new IOException("inside"))));
    }
}
