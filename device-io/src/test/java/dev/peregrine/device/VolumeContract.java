package dev.peregrine.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.memory.Memory;
import dev.peregrine.memory.NativeRegion;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every volume promises. A volume's test extends it and says how the volume is opened. */
abstract class VolumeContract {
  static final int ENOENT = 2;
  static final int EEXIST = 17;
  static final int ENOTDIR = 20;
  static final int EISDIR = 21;
  static final int EFBIG = 27;
  static final int ENOTEMPTY = 39;

  private static final long SEGMENT_BYTES = 1 << 16;
  private static final int PAGE = 4096;

  /** A directory of its own for each test, on a real file system. */
  @TempDir protected Path directory;

  /** Opens the volume under test; the second time it finds what was left there. */
  protected abstract Volume open();

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static DeviceException failure(int errno, Runnable call) {
    DeviceException e = assertThrows(DeviceException.class, call::run);
    assertEquals(errno, e.errno(), e.getMessage());
    return e;
  }

  private static void requireText(String expected, Volume volume, String path) {
    assertEquals(expected, new String(volume.read(path, 1000), StandardCharsets.UTF_8));
  }

  @Test
  void shouldReadBackWhatWasWrittenWhenOpenedAgain() {
    int[] lengths = {0, 1, 511, 512, 513, 4096, (3 << 20) + 7};
    Random random = new Random(5);
    List<byte[]> contents = new ArrayList<>();
    try (Volume volume = open()) {
      for (int length : lengths) {
        byte[] content = new byte[length];
        random.nextBytes(content);
        contents.add(content.clone());
        volume.write("f" + length, content);
        random.nextBytes(content);
        assertArrayEquals(contents.getLast(), volume.read("f" + length, length));
        volume.sync("f" + length);
        volume.sync("f" + length);
      }
      volume.syncDirectory("");
    }
    try (Volume volume = open()) {
      for (int i = 0; i < lengths.length; i++) {
        assertArrayEquals(contents.get(i), volume.read("f" + lengths[i], 4 << 20));
        volume.sync("f" + lengths[i]);
      }
    }
  }

  @Test
  void shouldRefusePathsWhenTheyAreNotOfNames() {
    List<String> refused =
        List.of(
            "/",
            "/a",
            "a/",
            "a//b",
            ".",
            "..",
            "a/..",
            "../a",
            "./a",
            ".a",
            "-a",
            "a b",
            "a\0b",
            "a\\b",
            "é",
            "a\n",
            "~",
            "x".repeat(101),
            "a/".repeat(500) + "a",
            "lock",
            "lock/a");
    try (Volume volume = open()) {
      volume.makeDirectory("a");
      volume.write("from", bytes("1"));
      List<Consumer<String>> calls =
          List.of(
              path -> volume.openDevice(path, SEGMENT_BYTES),
              volume::exists,
              volume::list,
              volume::makeDirectory,
              path -> volume.write(path, new byte[1]),
              path -> volume.read(path, 1),
              volume::sync,
              path -> volume.rename(path, "to"),
              path -> volume.rename("from", path),
              volume::delete,
              volume::syncDirectory);
      for (String path : refused) {
        for (int i = 0; i < calls.size(); i++) {
          Consumer<String> call = calls.get(i);
          IllegalArgumentException e =
              assertThrows(
                  IllegalArgumentException.class, () -> call.accept(path), path + ", call " + i);
          assertTrue(e.getMessage().contains("path"), e.getMessage());
        }
      }
      for (int i : new int[] {0, 4, 5, 6, 7, 8, 9}) {
        Consumer<String> call = calls.get(i);
        assertThrows(IllegalArgumentException.class, () -> call.accept(""), "call " + i);
      }
      assertEquals(List.of("a", "from"), volume.list(""));
    }
  }

  @Test
  void shouldTakePathsWhenTheirNamesAreStrange() {
    try (Volume volume = open()) {
      for (String path : List.of("a.", "a..b", "_", "0-", "X.tmp", "locks", "x".repeat(100))) {
        volume.write(path, bytes(path));
        requireText(path, volume, path);
      }
      volume.makeDirectory("d");
      volume.write("d/lock", bytes("ours"));
      requireText("ours", volume, "d/lock");
    }
  }

  @Test
  void shouldKeepTheOldContentsWhenAFileIsThere() {
    try (Volume volume = open()) {
      volume.write("a", bytes("first"));
      volume.makeDirectory("d");
      DeviceException e = failure(EEXIST, () -> volume.write("a", bytes("second")));
      assertEquals("write", e.operation());
      assertTrue(e.path().endsWith("a"), e.path());
      failure(EEXIST, () -> volume.write("d", bytes("second")));
      failure(EEXIST, () -> volume.makeDirectory("a"));
      requireText("first", volume, "a");
    }
  }

  @Test
  void shouldTellTheReasonWhenWhatIsOnTheWayIsMissingOrAFile() {
    try (Volume volume = open()) {
      volume.write("file", bytes("1"));
      for (String parent : List.of("none", "none/none", "file", "file/none")) {
        int errno = parent.startsWith("file") ? ENOTDIR : ENOENT;
        String path = parent + "/x";
        failure(errno, () -> volume.write(path, bytes("1")));
        failure(errno, () -> volume.read(path, 1));
        failure(errno, () -> volume.sync(path));
        failure(errno, () -> volume.rename(path, "to"));
        failure(errno, () -> volume.rename("file", path));
        failure(errno, () -> volume.delete(path));
        failure(errno, () -> volume.makeDirectory(path));
        failure(errno, () -> volume.syncDirectory(parent));
        failure(errno, () -> volume.openDevice(path, SEGMENT_BYTES));
        if (errno == ENOTDIR) {
          failure(errno, () -> volume.list(parent));
          failure(errno, () -> volume.exists(path));
        } else {
          assertEquals(List.of(), volume.list(parent));
          assertFalse(volume.exists(path));
        }
      }
      assertEquals(List.of("file"), volume.list(""));
    }
  }

  @Test
  void shouldRefuseToReadWhenMissingLongerOrADirectory() {
    try (Volume volume = open()) {
      volume.write("a", bytes("12345"));
      volume.makeDirectory("d");
      requireText("12345", volume, "a");
      assertEquals(5, volume.read("a", 5).length);
      DeviceException e = failure(EFBIG, () -> volume.read("a", 4));
      assertTrue(e.getMessage().contains("5 bytes, more than 4"), e.getMessage());
      failure(ENOENT, () -> volume.read("b", 5));
      failure(EISDIR, () -> volume.read("d", 5));
      failure(ENOENT, () -> volume.sync("b"));
      failure(EISDIR, () -> volume.sync("d"));
      failure(ENOTDIR, () -> volume.syncDirectory("a"));
      assertThrows(IllegalArgumentException.class, () -> volume.read("a", -1));
    }
  }

  @Test
  void shouldReplaceInOneStepWhenRenamed() {
    try (Volume volume = open()) {
      volume.makeDirectory("d");
      volume.write("a", bytes("1"));
      volume.rename("a", "b");
      assertFalse(volume.exists("a"));
      requireText("1", volume, "b");
      volume.write("a", bytes("2"));
      volume.rename("a", "b");
      requireText("2", volume, "b");
      volume.sync("b");
      volume.rename("b", "b");
      volume.rename("b", "d/c");
      assertEquals(List.of("d"), volume.list(""));
      requireText("2", volume, "d/c");
      failure(ENOENT, () -> volume.rename("b", "x"));
      volume.write("b", bytes("3"));
      failure(EISDIR, () -> volume.rename("b", "d"));
      failure(EISDIR, () -> volume.rename("d", "e"));
      requireText("3", volume, "b");
    }
  }

  @Test
  void shouldDeleteFilesAndEmptyDirectoriesOnly() {
    try (Volume volume = open()) {
      volume.makeDirectory("d");
      volume.write("d/a", bytes("1"));
      failure(ENOTEMPTY, () -> volume.delete("d"));
      volume.delete("d/a");
      failure(ENOENT, () -> volume.delete("d/a"));
      volume.write("d/a", bytes("2"));
      requireText("2", volume, "d/a");
      volume.delete("d/a");
      volume.delete("d");
      assertFalse(volume.exists("d"));
      volume.syncDirectory("");
      assertEquals(List.of(), volume.list(""));
    }
  }

  @Test
  void shouldListWhatIsThereSorted() {
    try (Volume volume = open()) {
      assertEquals(List.of(), volume.list(""));
      assertEquals(List.of(), volume.list("d"));
      volume.makeDirectory("d");
      volume.makeDirectory("d");
      volume.makeDirectory("");
      volume.makeDirectory("d/e");
      for (String name : List.of("b", "B", "a", "10", "9")) {
        volume.write("d/" + name, bytes(name));
      }
      assertEquals(List.of("10", "9", "B", "a", "b", "e"), volume.list("d"));
      assertEquals(List.of("d"), volume.list(""));
      assertEquals(List.of(), volume.list("d/e"));
      assertTrue(volume.exists(""));
      assertTrue(volume.exists("d/e"));
      assertTrue(volume.exists("d/b"));
      assertFalse(volume.exists("d/c"));
    }
  }

  /** Writes a word to a page of each segment, or reads it back. */
  private static void transfer(Device device, int segments, boolean write, long word) {
    try (NativeRegion buffer = NativeRegion.reserve(PAGE);
        DeviceQueue queue = device.openQueue(1, QueueMode.SINGLE_THREAD)) {
      for (int i = 0; i < segments; i++) {
        long offset = i * SEGMENT_BYTES + PAGE;
        Memory.putLong(buffer.address(), write ? word + i : -1);
        assertTrue(
            write
                ? queue.write(offset, buffer.address(), PAGE, 1)
                : queue.read(offset, buffer.address(), PAGE, 1));
        Outcomes outcomes = new Outcomes();
        while (queue.inFlight() > 0) {
          queue.await(outcomes, 1, 10_000_000_000L);
        }
        assertEquals(PAGE, outcomes.bytes(1));
        assertEquals(word + i, Memory.getLong(buffer.address()));
      }
    }
  }

  @Test
  void shouldKeepSegmentsWhenDevicesAreOpenedAgain() {
    List<String> segments = List.of("s.000000000", "s.000000001");
    try (Volume volume = open()) {
      volume.makeDirectory("d");
      try (Device one = volume.openDevice("d/s", SEGMENT_BYTES);
          Device two = volume.openDevice("s", SEGMENT_BYTES)) {
        assertEquals(0, one.endOffset());
        one.ensureCapacity(2 * SEGMENT_BYTES);
        two.ensureCapacity(SEGMENT_BYTES);
        transfer(one, 2, true, 100);
        transfer(two, 1, true, 200);
        transfer(one, 2, false, 100);
        one.sync();
      }
      assertEquals(segments, volume.list("d"));
      assertTrue(volume.exists("d/s.000000001"));
      assertFalse(volume.exists("d/s"));
      try (Device one = volume.openDevice("d/s", SEGMENT_BYTES)) {
        transfer(one, 2, false, 100);
      }
    }
    try (Volume volume = open()) {
      try (Device one = volume.openDevice("d/s", SEGMENT_BYTES)) {
        assertEquals(2 * SEGMENT_BYTES, one.endOffset());
        transfer(one, 2, false, 100);
        one.truncateBefore(SEGMENT_BYTES);
      }
      assertEquals(List.of("s.000000001"), volume.list("d"));
      DeviceException e =
          assertThrows(
              DeviceException.class, () -> volume.openDevice("d/s", 2 * SEGMENT_BYTES).close());
      assertTrue(e.getMessage().contains("segments have 131072 bytes"), e.getMessage());
      try (Device one = volume.openDevice("d/s", SEGMENT_BYTES)) {
        assertEquals(SEGMENT_BYTES, one.beginOffset());
      }
    }
  }

  @Test
  void shouldBeginAnewWhenTheSegmentsWereDeleted() {
    try (Volume volume = open()) {
      volume.makeDirectory("d");
      for (int round = 1; round <= 2; round++) {
        try (Device device = volume.openDevice("d/s", SEGMENT_BYTES)) {
          assertEquals(0, device.endOffset());
          device.ensureCapacity(2 * SEGMENT_BYTES);
          if (round == 1) {
            transfer(device, 2, true, 100);
          }
          for (String path : List.of("d/s.000000000", "d/s.000000001")) {
            for (Runnable call :
                List.<Runnable>of(
                    () -> volume.delete(path),
                    () -> volume.rename(path, "x"),
                    () -> volume.write("d/s.000000002", new byte[1]))) {
              DeviceException e = assertThrows(DeviceException.class, call::run);
              assertTrue(e.getMessage().contains("device that is open"), e.getMessage());
            }
          }
        }
        for (String name : volume.list("d")) {
          volume.delete("d/" + name);
        }
        volume.syncDirectory("d");
      }
      volume.delete("d");
    }
  }

  @Test
  void shouldRefuseADeviceWhenASegmentIsMissing() {
    try (Volume volume = open()) {
      try (Device device = volume.openDevice("s", SEGMENT_BYTES)) {
        device.ensureCapacity(3 * SEGMENT_BYTES);
      }
      volume.delete("s.000000001");
      DeviceException e =
          assertThrows(DeviceException.class, () -> volume.openDevice("s", SEGMENT_BYTES).close());
      assertTrue(e.getMessage().contains("missing"), e.getMessage());
      volume.write("s.000000001", new byte[7]);
      assertThrows(DeviceException.class, () -> volume.openDevice("s", SEGMENT_BYTES).close());
    }
  }

  @Test
  void shouldCountItsDevicesWhenTheyAreOpenTwiceOrTheVolumeIsClosed() {
    try (Volume volume = open()) {
      Device device = volume.openDevice("s", SEGMENT_BYTES);
      DeviceException e =
          assertThrows(DeviceException.class, () -> volume.openDevice("s", SEGMENT_BYTES));
      assertTrue(e.getMessage().contains("open already"), e.getMessage());
      assertThrows(IllegalArgumentException.class, () -> volume.openDevice("t", 5000));
      assertTrue(
          assertThrows(IllegalStateException.class, volume::close).getMessage().contains("[s]"));
      device.ensureCapacity(1);
      device.close();
      device.close();
      volume.openDevice("s", SEGMENT_BYTES).close();
    }
  }

  @Test
  void shouldRefuseASecondUserUntilClosed() {
    Volume volume = open();
    for (int round = 0; round < 2; round++) {
      DeviceException e = assertThrows(DeviceException.class, () -> open().close());
      assertEquals("open", e.operation());
      assertTrue(e.getMessage().contains("another"), e.getMessage());
    }
    volume.write("a", bytes("1"));
    volume.close();
    volume.close();
    try (Volume again = open()) {
      requireText("1", again, "a");
    }
  }

  @Test
  void shouldRefuseEveryCallWhenClosed() {
    Volume volume = open();
    volume.write("a", bytes("1"));
    volume.close();
    List<Runnable> calls =
        List.of(
            () -> volume.openDevice("s", SEGMENT_BYTES),
            () -> volume.exists("a"),
            () -> volume.list(""),
            () -> volume.makeDirectory("d"),
            () -> volume.write("b", new byte[1]),
            () -> volume.read("a", 1),
            () -> volume.sync("a"),
            () -> volume.rename("a", "b"),
            () -> volume.delete("a"),
            () -> volume.syncDirectory(""));
    for (Runnable call : calls) {
      assertTrue(
          assertThrows(IllegalStateException.class, call::run).getMessage().contains("closed"));
    }
  }

  @Test
  void shouldServeManyFilesThatAreNeverSynced() {
    try (Volume volume = open()) {
      for (int i = 0; i < 300; i++) {
        volume.write("f" + i, bytes("" + i));
      }
      for (int i = 299; i >= 0; i--) {
        volume.sync("f" + i);
        requireText("" + i, volume, "f" + i);
      }
    }
  }

  @Test
  void shouldServeManyThreadsWhenTheyUseTheirOwnFiles() throws Exception {
    int threads = 4;
    try (Volume volume = open();
        ExecutorService executor = Executors.newFixedThreadPool(threads)) {
      List<Future<?>> users = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        String own = "t" + i;
        users.add(executor.submit(() -> useOwnFiles(volume, own)));
      }
      for (Future<?> user : users) {
        user.get();
      }
      assertEquals(List.of("t0", "t1", "t2", "t3"), volume.list(""));
    }
  }

  private static void useOwnFiles(Volume volume, String own) {
    for (int round = 0; round < 20; round++) {
      volume.write(own + ".tmp", bytes(own + round));
      volume.sync(own + ".tmp");
      volume.rename(own + ".tmp", own);
      volume.syncDirectory("");
      requireText(own + round, volume, own);
      try {
        volume.write("shared", bytes(own));
        volume.delete("shared");
      } catch (DeviceException e) {
        assertEquals(EEXIST, e.errno(), e.getMessage());
      }
    }
  }
}
