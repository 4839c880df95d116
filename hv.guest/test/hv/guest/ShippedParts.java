package hv.guest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The parts in the enlightenments' folders of this workspace. */
final class ShippedParts {
    private ShippedParts() {}

    static List<Path> files() {
        try (Stream<Path> folders = Files.list(Path.of("..").toAbsolutePath().normalize())) {
            return folders.map(folder -> folder.resolve("guest"))
                    .filter(Files::isDirectory)
                    .flatMap(ShippedParts::list)
                    .filter(file -> file.toString().endsWith(".guest"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<Path> list(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String id(Path file) {
        return file.getFileName().toString().replace(".guest", "");
    }

    static GuestPart read(Path file) {
        try {
            return GuestPart.parse(id(file), Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GuestPartException e) {
            throw new AssertionError(e.getMessage(), e);
        }
    }

    static GuestPart read(String id) {
        return read(
                files().stream().filter(file -> id(file).equals(id)).findFirst().orElseThrow());
    }
}
