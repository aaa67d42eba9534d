package dev.peregrine.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.memory.Memory;
import dev.peregrine.memory.NativeRegion;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What every device with segment files promises beside the {@link DeviceContract}. */
abstract class FileDeviceContract extends DeviceContract {
  private static final int PAGE = 4096;

  static DeviceOptions.Builder options(Path directory, long segmentBytes) {
    return DeviceOptions.builder().directory(directory).name("t").segmentBytes(segmentBytes);
  }

  private Device open() {
    return openDevice(directory, SEGMENT_BYTES);
  }

  private Path file(int number) {
    return directory.resolve(String.format("t.%09d", number));
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  private void createSegments(int count) {
    try (Device device = open()) {
      device.ensureCapacity(count * SEGMENT_BYTES);
    }
  }

  private DeviceException refusal() {
    return assertThrows(DeviceException.class, () -> open().close());
  }

  @Test
  void shouldCreatePrivateFilesOfFullLengthWhenGrowing() throws IOException {
    createSegments(2);
    assertEquals(List.of("t.000000000", "t.000000001"), names());
    for (int i = 0; i < 2; i++) {
      assertEquals(SEGMENT_BYTES, Files.size(file(i)));
      assertEquals(
          "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file(i))));
    }
  }

  @Test
  void shouldDeleteFilesWhenTruncated() throws IOException {
    try (Device device = open()) {
      device.ensureCapacity(4 * SEGMENT_BYTES);
      device.truncateBefore(3 * SEGMENT_BYTES);
      assertEquals(List.of("t.000000003"), names());
    }
    try (Device device = open()) {
      assertEquals(3 * SEGMENT_BYTES, device.beginOffset());
      device.ensureCapacity(5 * SEGMENT_BYTES);
    }
    assertEquals(List.of("t.000000003", "t.000000004"), names());
  }

  @Test
  void shouldRememberTheBeginningWhenTruncatedAsAWhole() throws IOException {
    try (Device device = open()) {
      device.ensureCapacity(2 * SEGMENT_BYTES);
      device.truncateBefore(2 * SEGMENT_BYTES);
      assertEquals(2 * SEGMENT_BYTES, device.beginOffset());
    }
    assertEquals(List.of("t.000000002"), names());
    try (Device device = open()) {
      assertEquals(2 * SEGMENT_BYTES, device.beginOffset());
    }
  }

  @Test
  void shouldRefuseWhenASegmentIsMissing() throws IOException {
    createSegments(3);
    Files.delete(file(1));
    DeviceException e = refusal();
    assertEquals(file(1).toString(), e.path());
    assertTrue(e.getMessage().contains("missing"), e.getMessage());
  }

  @Test
  void shouldRefuseWhenASegmentHasAnotherLength() throws IOException {
    createSegments(2);
    try (RandomAccessFile shorter = new RandomAccessFile(file(1).toFile(), "rw")) {
      shorter.setLength(SEGMENT_BYTES - 1);
    }
    assertTrue(refusal().getMessage().contains("1048575 bytes"), refusal().getMessage());
    try (RandomAccessFile longer = new RandomAccessFile(file(1).toFile(), "rw")) {
      longer.setLength(SEGMENT_BYTES + PAGE);
    }
    assertEquals(file(1).toString(), refusal().path());
  }

  @Test
  void shouldRefuseWhenASegmentIsASymbolicLink() throws IOException {
    createSegments(2);
    Files.move(file(1), directory.resolve("elsewhere"));
    Files.createSymbolicLink(file(1), directory.resolve("elsewhere"));
    assertTrue(refusal().getMessage().contains("not a regular file"), refusal().getMessage());
  }

  @Test
  void shouldRefuseAndNotHangWhenASegmentIsAFifo() throws Exception {
    createSegments(1);
    Files.delete(file(0));
    assertEquals(0, new ProcessBuilder("mkfifo", file(0).toString()).start().waitFor());
    assertTrue(refusal().getMessage().contains("not a regular file"), refusal().getMessage());
  }

  @Test
  void shouldNotOverwriteWhenAFileOfThatNameAppears() throws IOException {
    try (Device device = open()) {
      device.ensureCapacity(SEGMENT_BYTES);
      Files.writeString(file(1), "not ours");
      DeviceException e =
          assertThrows(DeviceException.class, () -> device.ensureCapacity(2 * SEGMENT_BYTES));
      assertEquals(17, e.errno());
      assertEquals("not ours", Files.readString(file(1)));
      Files.delete(file(1));
      device.ensureCapacity(2 * SEGMENT_BYTES);
    }
  }

  @Test
  void shouldIgnoreOtherFilesAndRemoveUnfinishedOnesWhenOpened() throws IOException {
    createSegments(1);
    Files.writeString(directory.resolve("t.000000001.new"), "crashed here");
    Files.writeString(directory.resolve("t.state.new"), "somebody's");
    Files.writeString(directory.resolve("t.1"), "");
    Files.writeString(directory.resolve("tt.000000001"), "");
    createSegments(2);
    assertEquals(
        List.of("t.000000000", "t.000000001", "t.1", "t.state.new", "tt.000000001"), names());
  }

  @Test
  void shouldReadUpToTheEndWhenTheFileWasCut() throws IOException {
    try (Device device = open();
        DeviceQueue queue = device.openQueue(4, QueueMode.SINGLE_THREAD);
        NativeRegion buffer = NativeRegion.reserve(4 * PAGE)) {
      device.ensureCapacity(SEGMENT_BYTES);
      assertTrue(queue.write(0, buffer.address(), 4 * PAGE, 0));
      while (queue.inFlight() > 0) {
        queue.await(new Outcomes(), 1, 1_000_000_000L);
      }
      device.sync();
      for (int length : new int[] {2 * PAGE, 2 * PAGE + 1000, 512, 100, 0}) {
        try (RandomAccessFile cut = new RandomAccessFile(file(0).toFile(), "rw")) {
          cut.setLength(length);
        }
        assertTrue(queue.read(0, buffer.address(), 4 * PAGE, length));
        Outcomes outcomes = new Outcomes();
        while (queue.inFlight() > 0) {
          queue.await(outcomes, 1, 1_000_000_000L);
        }
        assertEquals(length, outcomes.bytes(length));
      }
    }
  }

  @Test
  void shouldFinishRequestsInFlightWhenTheirSegmentIsTruncated() {
    try (Device device = open();
        DeviceQueue queue = device.openQueue(4, QueueMode.SINGLE_THREAD);
        NativeRegion buffer = NativeRegion.reserve(2 * PAGE)) {
      device.ensureCapacity(2 * SEGMENT_BYTES);
      Memory.putLong(buffer.address(), 42);
      assertTrue(queue.write(0, buffer.address(), PAGE, 0));
      while (queue.inFlight() > 0) {
        queue.await(new Outcomes(), 1, 1_000_000_000L);
      }
      assertTrue(queue.read(0, buffer.address() + PAGE, PAGE, 1));
      device.truncateBefore(SEGMENT_BYTES);
      Outcomes outcomes = new Outcomes();
      while (queue.inFlight() > 0) {
        queue.await(outcomes, 1, 1_000_000_000L);
      }
      assertEquals(PAGE, outcomes.bytes(1));
      assertEquals(42, Memory.getLong(buffer.address() + PAGE));
    }
  }

  @Test
  void shouldServeManySegmentsWhenMoreThanTheRingRegisters() {
    int segments = 600;
    try (Device device = openDevice(directory, PAGE);
        DeviceQueue queue = device.openQueue(128, QueueMode.SINGLE_THREAD);
        NativeRegion buffer = NativeRegion.reserve(2L * segments * PAGE)) {
      device.ensureCapacity((long) segments * PAGE);
      for (boolean write : new boolean[] {true, false}) {
        Outcomes outcomes = new Outcomes();
        for (int i = 0; i < segments; i++) {
          // Neighbours in time share an index among the registered files.
          int segment = i % 3 * 200 + i / 3;
          long address = buffer.address() + (write ? 0 : (long) segments * PAGE);
          address += (long) segment * PAGE;
          if (write) {
            Memory.putLong(address, segment + 1);
          }
          long offset = (long) segment * PAGE;
          while (!(write
              ? queue.write(offset, address, PAGE, segment)
              : queue.read(offset, address, PAGE, segment))) {
            queue.await(outcomes, 16, 1_000_000_000L);
          }
        }
        while (queue.inFlight() > 0) {
          queue.await(outcomes, 128, 1_000_000_000L);
        }
        for (int i = 0; i < segments; i++) {
          assertEquals(PAGE, outcomes.bytes(i));
          long address = buffer.address() + (long) (segments + i) * PAGE;
          assertEquals(write ? 0 : i + 1, Memory.getLong(address));
        }
      }
    }
  }

  @Test
  void shouldNameTheCauseWhenSpaceRunsOut() {
    Path shared = Path.of("/dev/shm");
    assertTrue(Files.isWritable(shared), "this test needs a file system in memory at " + shared);
    Path own = shared.resolve("peregrine-test-" + ProcessHandle.current().pid());
    try (Device device = openDevice(own, 1L << 40)) {
      assertTrue(device.describe().contains(own.toString()), device.describe());
      DeviceException e = assertThrows(DeviceException.class, () -> device.ensureCapacity(1));
      assertEquals("create", e.operation());
      assertTrue(e.errno() == 28 || e.errno() == 12, e.getMessage());
      assertFalse(Files.exists(own.resolve("t.000000000.new")));
    } finally {
      assertTrue(own.toFile().delete());
    }
  }

  @Test
  void shouldRefuseNamesThatAreNoFileNames() {
    for (String name : new String[] {"", "..", ".x", "a/b", "a\0b", "x".repeat(101)}) {
      assertThrows(
          IllegalArgumentException.class,
          () ->
              Devices.open(
                  options(directory, SEGMENT_BYTES).kind(DeviceKind.PREAD).name(name).build()));
    }
  }
}
