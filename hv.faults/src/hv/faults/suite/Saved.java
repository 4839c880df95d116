package hv.faults.suite;

import hv.faults.judge.Expected;
import hv.faults.trial.Ground;
import hv.faults.trial.Scene;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A saved guest that waits, and with its heavy memory if there is KVM. For one thread. */
final class Saved {
    private final Ground ground;
    private Path file;

    Saved(Ground ground) {
        this.ground = ground;
    }

    /** A copy in a folder. */
    Path copyTo(Path folder) throws IOException, InterruptedException {
        return Files.copy(file(), folder.resolve("saved"));
    }

    private Path file() throws IOException, InterruptedException {
        if (file == null) {
            Path made = ground.work().resolve("guests/saved");
            try (Scene scene = ground.scene("saved", "a snapshot for other trials")) {
                scene.run(
                        ground.hv(ground.guests().heavy("--save-at", "300ms=" + made)),
                        Expected.status(0).within(20));
                if (!Files.exists(made)) {
                    throw new IOException("no snapshot could be made: " + scene.row());
                }
            }
            file = made;
        }
        return file;
    }

    /** The file is the old one still, or another that can be restored; says which. */
    String requireWhole(Scene scene, Path copy) throws IOException, InterruptedException {
        scene.require(Files.exists(copy), "the old file is gone");
        if (Files.exists(copy) && Files.mismatch(copy, file()) < 0) {
            return "the old one";
        }
        Path again = scene.here().resolve("again");
        scene.run(
                ground.hv("run", "--restore", copy.toString(), "--save-at", "10ms=" + again),
                Expected.status(0).unclean().within(8));
        Files.deleteIfExists(again);
        return "a new one";
    }
}
