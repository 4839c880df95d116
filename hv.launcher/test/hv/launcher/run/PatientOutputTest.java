package hv.launcher.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A guest's output to somebody who may not read it")
class PatientOutputTest {
    private static final long TIMEOUT_MILLIS = 60_000;

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    @DisplayName("is written when the call returns, in order, and the stream stays open")
    void written() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (PatientOutput output = new PatientOutput(out)) {
            output.write(bytes("one "));
            assertEquals("one ", out.toString(StandardCharsets.US_ASCII));
            output.write(bytes("xtwox"), 1, 3);
            output.write('!');
            assertEquals("one two!", out.toString(StandardCharsets.US_ASCII));
        }
    }

    @Test
    @DisplayName("waits for a reader until nobody wants to; later output is lost, and nobody waits")
    void abandoned() throws Exception {
        CountDownLatch isWriting = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        OutputStream stuck = new OutputStream() {
            @Override
            public void write(int value) throws IOException {
                isWriting.countDown();
                try {
                    never.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            }
        };
        try (PatientOutput output = new PatientOutput(stuck)) {
            Thread guest = Thread.ofPlatform().start(() -> {
                try {
                    output.write('x');
                    output.write('y');
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            isWriting.await(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
            output.abandon();
            guest.join(TIMEOUT_MILLIS);
            assertFalse(guest.isAlive());
        } finally {
            never.countDown();
        }
    }

    @Test
    @DisplayName("tells the guest's thread what the stream told")
    void fails() {
        OutputStream gone = new OutputStream() {
            @Override
            public void write(int value) throws IOException {
                throw new IOException("Broken pipe");
            }
        };
        try (PatientOutput output = new PatientOutput(gone)) {
            IOException told = assertThrows(IOException.class, () -> output.write('x'));
            assertEquals("Broken pipe", told.getMessage());
        }
    }
}
