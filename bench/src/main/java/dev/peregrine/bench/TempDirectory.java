package dev.peregrine.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A directory that goes away with all that is in it, also when the JVM is interrupted. */
public final class TempDirectory implements AutoCloseable {
  private final Path path;
  private final Thread hook = new Thread(this::delete);

  private TempDirectory(Path path) {
    this.path = path;
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /**
   * Makes one.
   *
   * @param parent where; null for the system's place for temporary files
   * @param neededBytes the space that will be needed
   * @throws CheckFailedException if there is less space
   */
  public static TempDirectory create(Path parent, long neededBytes) throws IOException {
    if (parent != null) {
      Files.createDirectories(parent);
    }
    Path path =
        parent == null
            ? Files.createTempDirectory("peregrine")
            : Files.createTempDirectory(parent, "peregrine");
    TempDirectory created = new TempDirectory(path);
    FileStore store = Files.getFileStore(path);
    if (store.getUsableSpace() < neededBytes) {
      created.close();
      throw new CheckFailedException(
          "%s has %s of free space, but %s are needed: choose another place by --directory"
              .formatted(
                  path.getParent(),
                  ByteSize.format(store.getUsableSpace()),
                  ByteSize.format(neededBytes)));
    }
    return created;
  }

  /** Where it is. */
  public Path path() {
    return path;
  }

  /** Deletes it. */
  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException shuttingDown) {
      return;
    }
    delete();
  }

  private void delete() {
    try (Stream<Path> tree = Files.walk(path)) {
      List<Path> deepestFirst = tree.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.deleteIfExists(file);
      }
    } catch (NoSuchFileException gone) {
      // Nothing is left to do.
    } catch (IOException cause) {
      throw new UncheckedIOException("cannot delete " + path, cause);
    }
  }
}
