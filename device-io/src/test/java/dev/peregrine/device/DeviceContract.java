package dev.peregrine.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.memory.Memory;
import dev.peregrine.memory.NativeRegion;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every device promises. A device's test extends it and says how the device is opened. */
abstract class DeviceContract {
  /** The length of the segments that the tests ask for. */
  protected static final long SEGMENT_BYTES = 1 << 20;

  private static final int PAGE = 4096;
  private static final long WAIT_NANOS = 10_000_000_000L;
  private static final int BUFFER_BYTES = 4 << 20;

  /** A directory of its own for each test, on a real file system. */
  @TempDir protected Path directory;

  private long liveBytesBefore;
  private NativeRegion region;
  private long buffer;

  /** Opens the device under test; the second time in a directory, it finds what was left there. */
  protected abstract Device openDevice(Path directory, long segmentBytes);

  /** Whether what was written can be read. */
  protected boolean keepsData() {
    return true;
  }

  /** Whether synced data are there after the device was closed and opened again. */
  protected boolean reopens() {
    return true;
  }

  @BeforeEach
  final void reserveBuffer() {
    liveBytesBefore = NativeRegion.liveBytes();
    region = NativeRegion.reserve(BUFFER_BYTES);
    buffer = region.address();
  }

  @AfterEach
  final void freeBuffer() {
    region.close();
    assertEquals(liveBytesBefore, NativeRegion.liveBytes(), "native memory left behind");
  }

  private Device open() {
    return openDevice(directory, SEGMENT_BYTES);
  }

  private static Outcomes drain(DeviceQueue queue) {
    return drain(queue, new Outcomes());
  }

  private static Outcomes drain(DeviceQueue queue, Outcomes outcomes) {
    while (queue.inFlight() > 0) {
      queue.await(outcomes, queue.depth(), WAIT_NANOS);
    }
    return outcomes;
  }

  private static int writeNow(DeviceQueue queue, long offset, long address, int bytes) {
    assertTrue(queue.write(offset, address, bytes, 1));
    return drain(queue).bytes(1);
  }

  private static int readNow(DeviceQueue queue, long offset, long address, int bytes) {
    assertTrue(queue.read(offset, address, bytes, 1));
    return drain(queue).bytes(1);
  }

  /** The failure of a request, whether it is thrown or delivered. */
  private static DeviceException failureOf(DeviceQueue queue, Runnable enqueueWithToken1) {
    try {
      enqueueWithToken1.run();
    } catch (DeviceException e) {
      return e;
    }
    return drain(queue).failure(1);
  }

  private static void fill(long address, int bytes, long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < bytes; i += Long.BYTES) {
      Memory.putLong(address + i, random.nextLong());
    }
  }

  private static void requirePattern(long address, int bytes, long seed, String where) {
    Random random = new Random(seed);
    for (int i = 0; i < bytes; i += Long.BYTES) {
      long expected = random.nextLong();
      if (Memory.getLong(address + i) != expected) {
        throw new AssertionError("wrong bytes at +" + i + " of " + where + ", seed " + seed);
      }
    }
  }

  @Test
  void shouldReadBackWhenWritten() {
    try (Device device = open();
        DeviceQueue queue = device.openQueue(1, QueueMode.SINGLE_THREAD)) {
      device.ensureCapacity(SEGMENT_BYTES);
      fill(buffer, PAGE, 1);
      assertEquals(PAGE, writeNow(queue, PAGE, buffer, PAGE));
      if (keepsData()) {
        assertEquals(PAGE, readNow(queue, PAGE, buffer + PAGE, PAGE));
        requirePattern(buffer + PAGE, PAGE, 1, "the page");
      }
    }
  }

  @Test
  void shouldTransferOneSectorWhenAsked() {
    try (Device device = open();
        DeviceQueue queue = device.openQueue(2, QueueMode.MOVABLE)) {
      int sector = device.sectorBytes();
      device.ensureCapacity(SEGMENT_BYTES);
      fill(buffer, sector, 2);
      assertEquals(sector, writeNow(queue, 3L * sector, buffer, sector));
      if (keepsData()) {
        assertEquals(sector, readNow(queue, 3L * sector, buffer + PAGE, sector));
        requirePattern(buffer + PAGE, sector, 2, "the sector");
      }
    }
  }

  @Test
  void shouldTransferWholeSegmentWhenAsked() {
    try (Device device = open();
        DeviceQueue queue = device.openQueue(2, QueueMode.SINGLE_THREAD)) {
      int bytes = (int) SEGMENT_BYTES;
      device.ensureCapacity(3 * SEGMENT_BYTES);
      fill(buffer, bytes, 3);
      assertEquals(bytes, writeNow(queue, 2 * SEGMENT_BYTES, buffer, bytes));
      if (keepsData()) {
        assertEquals(bytes, readNow(queue, 2 * SEGMENT_BYTES, buffer + bytes, bytes));
        requirePattern(buffer + bytes, bytes, 3, "the segment");
      }
    }
  }

  @Test
  void shouldRefuseRequestWhenDepthIsReached() {
    for (int depth : new int[] {1, 2, 3, 7, 64}) {
      for (QueueMode mode : QueueMode.values()) {
        Path own = directory.resolve(mode + "-" + depth);
        try (Device device = openDevice(own, SEGMENT_BYTES);
            DeviceQueue queue = device.openQueue(depth, mode)) {
          device.ensureCapacity(SEGMENT_BYTES);
          assertEquals(depth, queue.depth());
          for (int i = 0; i < depth; i++) {
            assertEquals(i, queue.inFlight());
            assertTrue(queue.write((long) i * PAGE, buffer + (long) i * PAGE, PAGE, i));
          }
          assertFalse(queue.write(0, buffer, PAGE, depth));
          assertFalse(queue.read(0, buffer, PAGE, depth));
          assertEquals(depth, queue.inFlight());
          assertEquals(depth, queue.submit());
          assertEquals(0, queue.submit());
          assertFalse(queue.write(0, buffer, PAGE, depth));
          Outcomes outcomes = drain(queue);
          assertEquals(depth, outcomes.count());
          for (int i = 0; i < depth; i++) {
            assertEquals(PAGE, outcomes.bytes(i));
          }
          assertTrue(queue.write(0, buffer, PAGE, 0));
          drain(queue);
        }
      }
    }
  }

  @Test
  void shouldDeliverAtMostTheLimitWhenPolled() {
    try (Device device = open();
        DeviceQueue queue = device.openQueue(8, QueueMode.SINGLE_THREAD)) {
      device.ensureCapacity(SEGMENT_BYTES);
      for (int i = 0; i < 8; i++) {
        assertTrue(queue.write((long) i * PAGE, buffer, PAGE, i));
      }
      Outcomes outcomes = new Outcomes();
      int calls = 0;
      while (queue.inFlight() > 0) {
        int before = outcomes.count();
        int delivered = queue.await(outcomes, 3, WAIT_NANOS);
        assertTrue(delivered >= 1 && delivered <= 3, "delivered " + delivered);
        assertEquals(before + delivered, outcomes.count());
        calls++;
      }
      assertEquals(8, outcomes.count());
      assertTrue(calls >= 3);
    }
  }

  @Test
  void shouldSubmitAndDeliverWhenOnlyPolled() {
    try (Device device = open();
        DeviceQueue queue = device.openQueue(4, QueueMode.SINGLE_THREAD)) {
      device.ensureCapacity(SEGMENT_BYTES);
      assertTrue(queue.write(0, buffer, PAGE, 5));
      Outcomes outcomes = new Outcomes();
      long deadline = System.nanoTime() + WAIT_NANOS;
      while (outcomes.count() == 0 && System.nanoTime() < deadline) {
        queue.poll(outcomes, 1);
      }
      assertEquals(PAGE, outcomes.bytes(5));
    }
  }

  @Test
  void shouldReturnAtOnceWhenNothingIsInFlight() {
    try (Device device = open();
        DeviceQueue queue = device.openQueue(4, QueueMode.MOVABLE)) {
      Outcomes outcomes = new Outcomes();
      assertEquals(0, queue.submit());
      assertEquals(0, queue.poll(outcomes, 4));
      assertEquals(0, queue.await(outcomes, 4, Long.MAX_VALUE));
    }
  }

  @Test
  void shouldAcceptRequestsWhenEnqueuedByTheSink() {
    try (Device device = open();
        DeviceQueue queue = device.openQueue(1, QueueMode.SINGLE_THREAD)) {
      device.ensureCapacity(SEGMENT_BYTES);
      int[] rounds = {0};
      CompletionSink chain =
          new CompletionSink() {
            @Override
            public void onCompletion(long token, int bytes) {
              if (++rounds[0] < 5) {
                assertTrue(queue.write(token * PAGE, buffer, PAGE, token + 1));
              }
            }

            @Override
            public void onFailure(long token, DeviceException cause) {
              throw cause;
            }
          };
      assertTrue(queue.write(0, buffer, PAGE, 1));
      while (queue.inFlight() > 0) {
        queue.await(chain, 1, WAIT_NANOS);
      }
      assertEquals(5, rounds[0]);
    }
  }

  @Test
  void shouldRefuseArgumentsWhenMalformed() {
    try (Device device = open();
        DeviceQueue queue = device.openQueue(4, QueueMode.SINGLE_THREAD)) {
      device.ensureCapacity(2 * SEGMENT_BYTES);
      int sector = device.sectorBytes();
      requireRefused(queue, sector / 2, buffer, sector, "not aligned");
      requireRefused(queue, 0, buffer + sector / 2, sector, "not aligned");
      requireRefused(queue, 0, buffer, sector + 1, "not aligned");
      requireRefused(queue, 0, buffer, 0, "must be positive");
      requireRefused(queue, 0, buffer, -sector, "must be positive");
      requireRefused(queue, -sector, buffer, sector, "must not be negative");
      requireRefused(queue, 0, 0, sector, "must be positive");
      requireRefused(queue, SEGMENT_BYTES - sector, buffer, 2 * sector, "crosses the edge");
      requireRefused(queue, 0, buffer, (1 << 30) + sector, "exceeds the longest transfer");
      assertEquals(0, queue.inFlight());
    }
  }

  private static void requireRefused(
      DeviceQueue queue, long offset, long address, int bytes, String words) {
    for (boolean write : new boolean[] {false, true}) {
      IllegalArgumentException e =
          assertThrows(
              IllegalArgumentException.class,
              () -> {
                if (write) {
                  queue.write(offset, address, bytes, 1);
                } else {
                  queue.read(offset, address, bytes, 1);
                }
              });
      assertTrue(e.getMessage().contains(words), e.getMessage());
    }
  }

  @Test
  void shouldRefuseDepthWhenOutOfRange() {
    try (Device device = open()) {
      for (int depth : new int[] {0, -1, 4097}) {
        assertThrows(
            IllegalArgumentException.class, () -> device.openQueue(depth, QueueMode.SINGLE_THREAD));
      }
    }
  }

  @Test
  void shouldReadFewerBytesWhenPastTheEnd() {
    if (!keepsData()) {
      return;
    }
    try (Device device = open();
        DeviceQueue queue = device.openQueue(2, QueueMode.SINGLE_THREAD)) {
      assertEquals(0, readNow(queue, 0, buffer, PAGE));
      device.ensureCapacity(SEGMENT_BYTES);
      assertEquals(0, readNow(queue, SEGMENT_BYTES, buffer, PAGE));
      assertEquals(0, readNow(queue, 1L << 40, buffer, PAGE));
    }
  }

  @Test
  void shouldFailWhenWritingPastTheCapacity() {
    try (Device device = open();
        DeviceQueue queue = device.openQueue(2, QueueMode.SINGLE_THREAD)) {
      device.ensureCapacity(SEGMENT_BYTES);
      DeviceException e = failureOf(queue, () -> queue.write(4 * SEGMENT_BYTES, buffer, PAGE, 1));
      assertEquals("write", e.operation());
      assertEquals(4 * SEGMENT_BYTES, e.offset());
      assertNotNull(e.path());
      assertTrue(e.getMessage().contains("capacity"), e.getMessage());
      // That was the caller's mistake, not a sick device.
      assertEquals(PAGE, writeNow(queue, 0, buffer, PAGE));
      assertTrue(device.stats().failures() >= 1);
    }
  }

  @Test
  void shouldFailWhenReadingBelowTheTruncation() {
    try (Device device = open();
        DeviceQueue queue = device.openQueue(2, QueueMode.SINGLE_THREAD)) {
      device.ensureCapacity(4 * SEGMENT_BYTES);
      fill(buffer, PAGE, 4);
      writeNow(queue, SEGMENT_BYTES, buffer, PAGE);
      writeNow(queue, 2 * SEGMENT_BYTES, buffer, PAGE);
      device.truncateBefore(SEGMENT_BYTES - 1);
      assertEquals(0, device.beginOffset());
      device.truncateBefore(2 * SEGMENT_BYTES + PAGE);
      assertEquals(2 * SEGMENT_BYTES, device.beginOffset());
      device.truncateBefore(SEGMENT_BYTES);
      assertEquals(2 * SEGMENT_BYTES, device.beginOffset());
      DeviceException e = failureOf(queue, () -> queue.read(SEGMENT_BYTES, buffer, PAGE, 1));
      assertEquals("read", e.operation());
      assertEquals(SEGMENT_BYTES, e.offset());
      assertTrue(e.getMessage().contains("truncated"), e.getMessage());
      if (keepsData()) {
        assertEquals(PAGE, readNow(queue, 2 * SEGMENT_BYTES, buffer + PAGE, PAGE));
        requirePattern(buffer + PAGE, PAGE, 4, "the segment kept");
      }
    }
  }

  @Test
  void shouldGoOnGrowingWhenTruncated() {
    try (Device device = open();
        DeviceQueue queue = device.openQueue(2, QueueMode.SINGLE_THREAD)) {
      for (int round = 0; round < 6; round++) {
        device.ensureCapacity((round + 2) * SEGMENT_BYTES);
        fill(buffer, PAGE, round);
        writeNow(queue, round * SEGMENT_BYTES, buffer, PAGE);
        device.truncateBefore(round * SEGMENT_BYTES);
        assertEquals(round * SEGMENT_BYTES, device.beginOffset());
        if (keepsData()) {
          assertEquals(PAGE, readNow(queue, round * SEGMENT_BYTES, buffer + PAGE, PAGE));
          requirePattern(buffer + PAGE, PAGE, round, "round " + round);
        }
      }
    }
  }

  @Test
  void shouldRefuseNegativeOffsetsWhenGrowingOrTruncating() {
    try (Device device = open()) {
      assertThrows(IllegalArgumentException.class, () -> device.ensureCapacity(-1));
      assertThrows(IllegalArgumentException.class, () -> device.truncateBefore(-1));
    }
  }

  @Test
  void shouldKeepSyncedDataWhenReopened() {
    if (!(keepsData() && reopens())) {
      return;
    }
    try (Device device = open();
        DeviceQueue queue = device.openQueue(2, QueueMode.SINGLE_THREAD)) {
      device.ensureCapacity(4 * SEGMENT_BYTES);
      fill(buffer, PAGE, 5);
      writeNow(queue, 3 * SEGMENT_BYTES + PAGE, buffer, PAGE);
      device.truncateBefore(2 * SEGMENT_BYTES);
      device.sync();
      assertEquals(1, device.stats().syncs());
    }
    try (Device device = open();
        DeviceQueue queue = device.openQueue(2, QueueMode.SINGLE_THREAD)) {
      assertEquals(2 * SEGMENT_BYTES, device.beginOffset());
      assertEquals(PAGE, readNow(queue, 3 * SEGMENT_BYTES + PAGE, buffer + PAGE, PAGE));
      requirePattern(buffer + PAGE, PAGE, 5, "the page after reopening");
    }
  }

  @Test
  void shouldDrainWhenClosedWithRequestsInFlight() {
    try (Device device = open()) {
      device.ensureCapacity(SEGMENT_BYTES);
      for (QueueMode mode : QueueMode.values()) {
        DeviceQueue queue = device.openQueue(64, mode);
        fill(buffer, 64 * PAGE, 6);
        for (int i = 0; i < 64; i++) {
          assertTrue(queue.write((long) i * PAGE, buffer + (long) i * PAGE, PAGE, i));
          if (i == 40) {
            queue.submit();
          }
        }
        queue.close();
        queue.close();
      }
      if (keepsData()) {
        try (DeviceQueue queue = device.openQueue(1, QueueMode.SINGLE_THREAD)) {
          assertEquals(40 * PAGE, readNow(queue, 0, buffer + SEGMENT_BYTES, 40 * PAGE));
          requirePattern(buffer + SEGMENT_BYTES, 40 * PAGE, 6, "what was in flight");
        }
      }
    }
  }

  @Test
  void shouldThrowWhenUsedAfterClose() {
    Device device = open();
    DeviceQueue queue = device.openQueue(2, QueueMode.SINGLE_THREAD);
    device.ensureCapacity(SEGMENT_BYTES);
    queue.close();
    Outcomes none = new Outcomes();
    requireClosed(() -> queue.read(0, buffer, PAGE, 1));
    requireClosed(() -> queue.write(0, buffer, PAGE, 1));
    requireClosed(queue::submit);
    requireClosed(() -> queue.poll(none, 1));
    requireClosed(() -> queue.await(none, 1, 1));
    queue.close();
    device.close();
    requireClosed(() -> device.openQueue(1, QueueMode.MOVABLE));
    requireClosed(() -> device.ensureCapacity(1));
    requireClosed(() -> device.truncateBefore(1));
    requireClosed(device::sync);
    device.close();
  }

  private static void requireClosed(Runnable use) {
    IllegalStateException e = assertThrows(IllegalStateException.class, use::run);
    assertTrue(e.getMessage().contains("closed"), e.getMessage());
  }

  @Test
  void shouldRefuseToCloseWhenAQueueIsOpen() {
    Device device = open();
    DeviceQueue queue = device.openQueue(1, QueueMode.MOVABLE);
    assertThrows(IllegalStateException.class, device::close);
    device.ensureCapacity(SEGMENT_BYTES);
    assertEquals(PAGE, writeNow(queue, 0, buffer, PAGE));
    queue.close();
    device.close();
  }

  @Test
  void shouldTakeTheSameRequestsWhenBuffersAreRegistered() {
    try (Device device = open();
        DeviceQueue queue = device.openQueue(8, QueueMode.SINGLE_THREAD)) {
      device.ensureCapacity(SEGMENT_BYTES);
      queue.registerBuffer(buffer, 16 * PAGE);
      queue.registerBuffer(buffer + 32 * PAGE, 16 * PAGE);
      fill(buffer, 2 * PAGE, 7);
      Memory.copy(buffer, buffer + 16 * PAGE - PAGE, 2 * PAGE);
      Memory.copy(buffer, buffer + 20 * PAGE, 2 * PAGE);
      Memory.copy(buffer, buffer + 40 * PAGE, 2 * PAGE);
      // Inside a range, across its end, outside, inside the second.
      int[] pages = {0, 15, 20, 40};
      fill(buffer, 2 * PAGE, 7);
      for (int i = 0; i < pages.length; i++) {
        assertTrue(queue.write(i * 2L * PAGE, buffer + (long) pages[i] * PAGE, 2 * PAGE, i));
      }
      Outcomes outcomes = drain(queue);
      for (int i = 0; i < pages.length; i++) {
        assertEquals(2 * PAGE, outcomes.bytes(i));
        if (keepsData()) {
          Memory.zero(buffer + 41 * PAGE, 2 * PAGE);
          readNow(queue, i * 2L * PAGE, buffer + 41 * PAGE, 2 * PAGE);
          requirePattern(buffer + 41 * PAGE, 2 * PAGE, 7, "request " + i);
        }
      }
    }
  }

  @Test
  void shouldKeepAllDataWhenRandomRequestsOverlapInTime() {
    long seed = Long.getLong("peregrine.test.seed", 20261124L);
    System.out.println(getClass().getSimpleName() + " random requests, seed " + seed);
    for (QueueMode mode : QueueMode.values()) {
      try (Device device = openDevice(directory.resolve(mode.name()), 64 * PAGE);
          DeviceQueue queue = device.openQueue(32, mode)) {
        runRandomRequests(device, queue, new Random(seed), seed);
      }
    }
  }

  /** Each buffer page belongs to one request at a time, each device page too. */
  private void runRandomRequests(Device device, DeviceQueue queue, Random random, long seed) {
    int pages = 256;
    int slots = queue.depth();
    long[] written = new long[pages];
    boolean[] busy = new boolean[pages];
    int[] pageOf = new int[slots];
    long[] patternOf = new long[slots];
    boolean[] used = new boolean[slots];
    device.ensureCapacity((long) pages * PAGE);
    CompletionSink check =
        new CompletionSink() {
          @Override
          public void onCompletion(long token, int bytes) {
            int slot = (int) token;
            assertEquals(PAGE, bytes, () -> "bytes, seed " + seed);
            requirePattern(
                buffer + (long) slot * PAGE, PAGE, patternOf[slot], "page " + pageOf[slot]);
            busy[pageOf[slot]] = false;
            used[slot] = false;
          }

          @Override
          public void onFailure(long token, DeviceException cause) {
            throw new AssertionError("seed " + seed, cause);
          }
        };
    for (int step = 0; step < 4000; step++) {
      int page = random.nextInt(pages);
      int slot = random.nextInt(slots);
      if (!busy[page] && !used[slot]) {
        boolean read = keepsData() && written[page] != 0 && random.nextInt(3) > 0;
        long pattern = read ? written[page] : seed + step + 1;
        long address = buffer + (long) slot * PAGE;
        if (read) {
          Memory.zero(address, PAGE);
          assertTrue(queue.read((long) page * PAGE, address, PAGE, slot));
        } else {
          fill(address, PAGE, pattern);
          assertTrue(queue.write((long) page * PAGE, address, PAGE, slot));
        }
        pageOf[slot] = page;
        patternOf[slot] = pattern;
        written[page] = pattern;
        busy[page] = true;
        used[slot] = true;
      }
      switch (random.nextInt(6)) {
        case 0 -> queue.submit();
        case 1 -> queue.poll(check, 1 + random.nextInt(slots));
        case 2 -> queue.await(check, 1 + random.nextInt(slots), 1_000_000L);
        default -> {}
      }
    }
    while (queue.inFlight() > 0) {
      queue.await(check, slots, WAIT_NANOS);
    }
  }

  @Test
  void shouldServeSeveralQueuesWhenThreadsUseThemAtOnce() throws Exception {
    int threads = 4;
    try (Device device = open();
        ExecutorService executor = Executors.newFixedThreadPool(threads)) {
      List<Future<?>> results = new ArrayList<>();
      for (int thread = 0; thread < threads; thread++) {
        int number = thread;
        QueueMode mode = thread % 2 == 0 ? QueueMode.SINGLE_THREAD : QueueMode.MOVABLE;
        results.add(executor.submit(() -> writeAndReadSegment(device, number, mode)));
      }
      for (Future<?> result : results) {
        result.get();
      }
      DeviceStats stats = device.stats();
      assertEquals(threads * 32L, stats.writes());
      assertEquals(threads * 32L * PAGE, stats.bytesWritten());
      if (keepsData()) {
        assertEquals(threads * 32L, stats.reads());
        assertEquals(threads * 32L * PAGE, stats.bytesRead());
      }
    }
  }

  private void writeAndReadSegment(Device device, int number, QueueMode mode) {
    long base = number * SEGMENT_BYTES;
    device.ensureCapacity(base + SEGMENT_BYTES);
    try (NativeRegion own = NativeRegion.reserve(64 * PAGE);
        DeviceQueue queue = device.openQueue(32, mode)) {
      fill(own.address(), 32 * PAGE, number);
      for (int i = 0; i < 32; i++) {
        assertTrue(queue.write(base + (long) i * PAGE, own.address() + (long) i * PAGE, PAGE, i));
      }
      drain(queue);
      device.sync();
      if (keepsData()) {
        for (int i = 0; i < 32; i++) {
          long address = own.address() + (32L + i) * PAGE;
          assertTrue(queue.read(base + (long) i * PAGE, address, PAGE, i));
        }
        drain(queue);
        requirePattern(own.address() + 32L * PAGE, 32 * PAGE, number, "thread " + number);
      }
    }
  }

  @Test
  void shouldReadWholePagesOrFailWhenTruncatedMeanwhile() throws Exception {
    if (!keepsData()) {
      return;
    }
    int rounds = 60;
    try (Device device = open();
        ExecutorService executor = Executors.newSingleThreadExecutor();
        DeviceQueue writer = device.openQueue(1, QueueMode.SINGLE_THREAD)) {
      device.ensureCapacity(SEGMENT_BYTES);
      AtomicBoolean done = new AtomicBoolean();
      Future<Integer> reader = executor.submit(() -> readAroundTheBeginning(device, done));
      for (int round = 1; round <= rounds && !reader.isDone(); round++) {
        device.ensureCapacity((round + 1) * SEGMENT_BYTES);
        Memory.putLong(buffer, round);
        writeNow(writer, round * SEGMENT_BYTES, buffer, PAGE);
        device.truncateBefore((round - 1) * SEGMENT_BYTES);
      }
      done.set(true);
      assertTrue(reader.get() > 0);
    }
  }

  /** Reads pages that hold their segment's number, or zeros before they are written. */
  private static int readAroundTheBeginning(Device device, AtomicBoolean done) {
    int whole = 0;
    try (NativeRegion own = NativeRegion.reserve(PAGE);
        DeviceQueue queue = device.openQueue(1, QueueMode.SINGLE_THREAD)) {
      for (int step = 0; whole == 0 || !done.get(); step++) {
        long segment = Math.max(0, device.beginOffset() / SEGMENT_BYTES + step % 4 - 1);
        Outcomes outcomes = new Outcomes();
        try {
          assertTrue(queue.read(segment * SEGMENT_BYTES, own.address(), PAGE, 1));
          drain(queue, outcomes);
          if (outcomes.bytes(1) == PAGE) {
            long found = Memory.getLong(own.address());
            assertTrue(found == segment || found == 0, found + " in segment " + segment);
            whole++;
          }
        } catch (DeviceException e) {
          assertTrue(e.getMessage().contains("truncated"), e.getMessage());
        } catch (AssertionError e) {
          boolean truncated =
              e.getCause() != null && e.getCause().getMessage().contains("truncated");
          if (!truncated) {
            throw e;
          }
        }
      }
    }
    return whole;
  }

  @Test
  void shouldMoveBetweenThreadsWhenMovable() throws Exception {
    try (Device device = open();
        DeviceQueue queue = device.openQueue(8, QueueMode.MOVABLE)) {
      device.ensureCapacity(SEGMENT_BYTES);
      Thread[] movers = new Thread[3];
      Throwable[] failure = new Throwable[1];
      Outcomes outcomes = new Outcomes();
      for (int i = 0; i < movers.length; i++) {
        int round = i;
        Thread.Builder builder = i == 1 ? Thread.ofVirtual() : Thread.ofPlatform();
        movers[i] =
            builder.start(
                () -> {
                  try {
                    // Submitted here, perhaps completed by the next thread.
                    assertTrue(queue.write((long) round * PAGE, buffer, PAGE, round));
                    queue.submit();
                    queue.await(outcomes, 1, 1_000L);
                  } catch (Throwable e) {
                    failure[0] = e;
                  }
                });
        movers[i].join();
      }
      drain(queue, outcomes);
      if (failure[0] != null) {
        throw new AssertionError(failure[0]);
      }
      assertEquals(movers.length, outcomes.count());
    }
  }

  @Test
  void shouldSayWhatItIsWhenAsked() {
    try (Device device = open()) {
      assertFalse(device.describe().isBlank());
      assertFalse(device.describe().contains("\n"));
      assertEquals(SEGMENT_BYTES, device.segmentBytes());
      assertEquals(0, device.beginOffset());
      assertTrue(Integer.bitCount(device.sectorBytes()) == 1 && device.sectorBytes() >= 512);
    }
  }
}
