package dev.peregrine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.device.DeviceException;
import dev.peregrine.device.DeviceKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * A store on real files with several checkpoints, whose state at each of them is known; copies of
 * it to be damaged; and the judgement of what happens when such a copy is opened.
 */
final class DamageBed {
  /** What an opening of a damaged copy came to. */
  enum Verdict {
    REFUSED,
    HARMLESS,
    READ_REFUSED
  }

  static final int KEYS = 1600;
  private static final int MOST_VALUE_BYTES = 120;

  final List<CheckpointToken> tokens = new ArrayList<>();

  /** The values of all keys, by checkpoint. */
  final Map<CheckpointToken, Map<Long, byte[]>> states = new HashMap<>();

  /** Bytes of all files, by checkpoint, as they were when it had ended. */
  final Map<CheckpointToken, Path> copies = new HashMap<>();

  final Path golden;
  private final Map<Long, byte[]> current = new TreeMap<>();
  private final SplittableRandom random;

  /** Builds one whose checkpoints are of these kinds. */
  DamageBed(Path golden, long seed, CheckpointKind... kinds) {
    this.golden = golden;
    this.random = new SplittableRandom(seed);
    try (Store store = Store.open(config(golden));
        Session session = store.newSession()) {
      remember(store.checkpoints().getFirst().token());
      for (int i = 0; i < kinds.length; i++) {
        for (long key = 0; key < KEYS; key++) {
          if (i == 0 || random.nextInt(5) == 0) {
            change(session, key);
          }
        }
        session.completeAll();
        remember(store.checkpoint(kinds[i]).await());
      }
      // Behind the newest: none of it may be seen again.
      for (long key = 0; key < KEYS; key += 3) {
        session.await(session.upsert(key, MemorySegment.ofArray(new byte[] {1, 2, 3})));
      }
    }
  }

  /** Pages of three data blocks and a zone, a dozen of them in memory, four in a segment. */
  static StoreConfig config(Path directory) {
    StoreConfig.Builder builder =
        TestStores.config(StoreKind.LONG_TO_BYTES)
            .directory(directory)
            .device(DeviceKind.PREAD)
            .pageBytes(16 << 10)
            .segmentBytes(64 << 10)
            .indexBytes(16 << 10)
            .maxRecordBytes(1 << 10)
            .maxSessions(2);
    return builder.memoryBytes(320 << 10).build();
  }

  CheckpointToken newest() {
    return tokens.getLast();
  }

  private void change(Session session, long key) {
    if (random.nextInt(10) == 0) {
      session.await(session.delete(key));
      current.remove(key);
      return;
    }
    byte[] value = new byte[random.nextInt(8, MOST_VALUE_BYTES)];
    random.nextBytes(value);
    session.await(session.upsert(key, MemorySegment.ofArray(value)));
    current.put(key, value);
  }

  private void remember(CheckpointToken token) {
    tokens.add(token);
    states.put(token, new HashMap<>(current));
    Path copy = golden.resolveSibling(golden.getFileName() + "-at-" + tokens.size());
    copy(golden, copy);
    copies.put(token, copy);
  }

  /** Makes {@code target} a fresh copy of the whole store. */
  void copyTo(Path target) {
    copy(golden, target);
  }

  static void copy(Path source, Path target) {
    try (Stream<Path> files = Files.walk(source)) {
      Files.createDirectories(target);
      TestStores.clear(target);
      for (Path file : files.filter(path -> !path.equals(source)).toList()) {
        Path to = target.resolve(source.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectory(to);
        } else {
          Files.copy(file, to, StandardCopyOption.COPY_ATTRIBUTES);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The names of all files but the lock, sorted. */
  static List<String> files(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> directory.relativize(file).toString())
          .filter(name -> !name.equals("lock"))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, Long> sums(Path directory) {
    Map<String, Long> sums = new TreeMap<>();
    for (String name : files(directory)) {
      CRC32C sum = new CRC32C();
      byte[] bytes = read(directory.resolve(name));
      sum.update(bytes, 0, bytes.length);
      sums.put(name, sum.getValue() << 32 | bytes.length);
    }
    return sums;
  }

  static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void write(Path file, byte[] bytes) {
    try {
      Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Opens a damaged copy as a user would, and fails if there is a wrong value, if a refusal has
   * changed a file, or if it says neither a file or an address nor a reason.
   */
  Verdict open(Path directory, String what) {
    Map<String, Long> before = sums(directory);
    Store store;
    try {
      store = Store.open(config(directory));
    } catch (CorruptionException | StoreIoException e) {
      assertEquals(before, sums(directory), what + ": the refused opening changed files: " + e);
      requireTelling(e, what);
      return Verdict.REFUSED;
    }
    try (store) {
      Map<Long, byte[]> expected = states.get(store.recovery().token());
      assertTrue(expected != null, what + ": opened with " + store.recovery().token());
      return requireExact(store, expected, what);
    }
  }

  private static void requireTelling(StoreException e, String what) {
    String message = e.getMessage();
    boolean tells = Stream.of("checkpoints/", "log", "address").anyMatch(message::contains);
    assertTrue(tells && message.length() > 30, what + ": " + message);
  }

  /** Reads all keys. */
  static Verdict requireExact(Store store, Map<Long, byte[]> expected, String what) {
    Verdict verdict = Verdict.HARMLESS;
    try (Session session = store.newSession()) {
      byte[][] found = new byte[1][];
      for (long key = 0; key < KEYS; key++) {
        found[0] = null;
        try {
          session.await(session.read(key, (view, argument) -> found[0] = view.toByteArray(), 0));
          assertArrayEquals(expected.get(key), found[0], what + ", key " + key);
        } catch (CorruptionException e) {
          requireTelling(e, what);
          verdict = Verdict.READ_REFUSED;
        } catch (StoreIoException e) {
          assertTrue(e.getCause() instanceof DeviceException, what + ": " + e);
          verdict = Verdict.READ_REFUSED;
        }
      }
    }
    return verdict;
  }
}
