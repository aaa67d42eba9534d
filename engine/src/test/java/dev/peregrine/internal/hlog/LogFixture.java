package dev.peregrine.internal.hlog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.device.CompletionSink;
import dev.peregrine.device.Device;
import dev.peregrine.device.DeviceException;
import dev.peregrine.device.DeviceKind;
import dev.peregrine.device.DeviceOptions;
import dev.peregrine.device.DeviceQueue;
import dev.peregrine.device.Devices;
import dev.peregrine.device.QueueMode;
import dev.peregrine.internal.cpr.SystemState;
import dev.peregrine.internal.epoch.LightEpoch;
import dev.peregrine.internal.record.RecordHeader;
import dev.peregrine.memory.Memory;
import dev.peregrine.memory.NativeRegion;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.agrona.concurrent.SystemNanoClock;

/**
 * A log by itself, on a device in memory that notes writes, with a worker that the test steps.
 * Records have a header, their size, and words that follow from their address.
 */
final class LogFixture implements AutoCloseable {
  static final long STORE_ID = 0x1234_5678_9ABCL;
  private static final long WAIT_NANOS = 1_000_000_000L;
  private static final int PATIENCE = 100_000;

  final int pageBytes;
  final long frameCount;
  final SteppedDriver driver = new SteppedDriver();
  final HybridLog log;

  /** What has been written, offset and length. */
  final List<long[]> writes = new ArrayList<>();

  /** Address and size of each record. */
  final TreeMap<Long, Integer> records;

  private final LightEpoch epoch = new LightEpoch(1);
  private final long slot = epoch.acquireSlot();
  private final Device device;

  /** An empty log. */
  LogFixture(int pageBytes, long frameCount) {
    this(pageBytes, frameCount, FlushLimit.NONE);
  }

  LogFixture(int pageBytes, long frameCount, FlushLimit limit) {
    this(
        pageBytes,
        frameCount,
        Devices.open(
            DeviceOptions.builder().kind(DeviceKind.MEMORY).segmentBytes(64L << 20).build()),
        LogContents.empty(STORE_ID),
        new TreeMap<>(),
        limit);
    log.start();
  }

  private LogFixture(
      int pageBytes,
      long frameCount,
      Device device,
      LogContents contents,
      TreeMap<Long, Integer> records,
      FlushLimit limit) {
    this.pageBytes = pageBytes;
    this.frameCount = frameCount;
    this.device = device;
    this.records = records;
    this.log =
        new HybridLog(
            new HybridLog.Shape(Integer.numberOfTrailingZeros(pageBytes), frameCount, 0.5, false),
            contents,
            new LogHost(
                noting(device),
                epoch,
                new SystemState(),
                driver,
                limit,
                SystemNanoClock.INSTANCE,
                laggards -> "nobody"));
  }

  /** The log that comes up on the same device, cut where everything is written; not started. */
  LogFixture reopen(PageIdentity identity, long cut, long headAddress) {
    TreeMap<Long, Integer> kept = new TreeMap<>(records.headMap(cut));
    LogContents contents = new LogContents(identity, log.beginAcquire(), headAddress, cut);
    return new LogFixture(pageBytes, frameCount, device, contents, kept, FlushLimit.NONE);
  }

  private Device noting(Device inner) {
    return (Device)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {Device.class},
            (proxy, method, arguments) -> {
              Object result = call(method, inner, arguments);
              return method.getName().equals("openQueue") ? noting((DeviceQueue) result) : result;
            });
  }

  private DeviceQueue noting(DeviceQueue inner) {
    return (DeviceQueue)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {DeviceQueue.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("write")) {
                writes.add(new long[] {(Long) arguments[0], (Integer) arguments[2]});
              }
              return call(method, inner, arguments);
            });
  }

  private static Object call(Method method, Object target, Object[] arguments) throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  void enter() {
    assertTrue(epoch.tryEnter(slot));
  }

  void leave() {
    epoch.leave(slot);
  }

  /** Appends a record, or says {@link HybridLog#WAIT}. */
  long tryAppend(int bytes) {
    enter();
    try {
      long address = log.allocate(bytes);
      if (address != HybridLog.WAIT) {
        records.put(address, bytes);
        long physical = log.physical(address);
        for (int at = 16; at < bytes; at += 8) {
          assertEquals(0, Memory.getLong(physical + at), "the frame is not zero");
          Memory.putLong(physical + at, word(address, at));
        }
        Memory.putLong(physical + 8, bytes);
        Memory.putLongRelease(physical, RecordHeader.live(0, 1));
      }
      return address;
    } finally {
      leave();
    }
  }

  /** Appends a record, and lets the worker make room. */
  long append(int bytes) {
    for (int i = 0; i < PATIENCE; i++) {
      long address = tryAppend(bytes);
      if (address != HybridLog.WAIT) {
        return address;
      }
      log.awaitSpace();
    }
    throw new AssertionError("no room for " + bytes + " bytes");
  }

  private static long word(long address, int at) {
    return (address + at) * 0x9E37_79B9_7F4A_7C15L | 1;
  }

  /** Cuts the log, and waits until all below is written. */
  long cut() {
    long cut = log.padToBlock();
    log.freezeTo(cut);
    awaitFlushed(cut);
    return cut;
  }

  void awaitFlushed(long address) {
    for (int i = 0; i < PATIENCE && log.flushedUntilAcquire() < address; i++) {
      driver.awaitProgress();
      if (log.failure() != null) {
        throw log.failure();
      }
    }
    assertTrue(log.flushedUntilAcquire() >= address, "not written up to " + address);
  }

  /** Each block has been written at most once, and none is left out. */
  void requireWrittenOnce() {
    TreeMap<Long, Long> ranges = new TreeMap<>();
    for (long[] write : writes) {
      assertEquals(0, write[0] % PageImage.BLOCK_BYTES);
      assertEquals(0, write[1] % PageImage.BLOCK_BYTES);
      assertTrue(ranges.put(write[0], write[0] + write[1]) == null, "written twice");
    }
    long end = ranges.firstKey();
    for (var range : ranges.entrySet()) {
      assertEquals(end, range.getKey(), "a gap, or written twice");
      end = range.getValue();
    }
  }

  /** Reads from the device. */
  void read(long offset, long physical, int bytes) {
    Outcome outcome = new Outcome();
    try (DeviceQueue queue = device.openQueue(1, QueueMode.MOVABLE)) {
      queue.read(offset, physical, bytes, 0);
      while (queue.inFlight() > 0) {
        queue.await(outcome, 1, WAIT_NANOS);
      }
    }
    assertEquals(bytes, outcome.bytes);
  }

  private static final class Outcome implements CompletionSink {
    private int bytes;

    @Override
    public void onCompletion(long token, int transferred) {
      bytes = transferred;
    }

    @Override
    public void onFailure(long token, DeviceException cause) {
      throw cause;
    }
  }

  /** All whole pages that are written prove themselves, and hold exactly what was appended. */
  void requireDevice() {
    long end = log.flushedUntilAcquire() / pageBytes * pageBytes;
    int[] scratch = new int[PageImage.dataBlocks(pageBytes)];
    List<Long> found = new ArrayList<>();
    try (NativeRegion buffer = NativeRegion.reserve(pageBytes)) {
      PageVerifier verifier = log.newVerifier(buffer.address(), buffer.bytes());
      for (long page = 0; page < end; page += pageBytes) {
        read(page, buffer.address(), pageBytes);
        verifier.requirePage(page / pageBytes, buffer.address(), scratch);
        PageScan.scan(
            buffer.address(),
            Math.max(page, log.beginAcquire()),
            page + pageBytes,
            pageBytes,
            (physical, available) -> available < 16 ? 16 : Memory.getLong(physical + 8),
            (address, physical, bytes) -> {
              found.add(address);
              requireRecord(address, physical, bytes);
            });
      }
    }
    assertEquals(List.copyOf(records.headMap(end).keySet()), found);
  }

  /** The record is as it was appended. */
  void requireRecord(long address, long physical, long bytes) {
    assertEquals(records.get(address).longValue(), bytes, "at " + address);
    for (int at = 16; at < bytes; at += 8) {
      assertEquals(word(address, at), Memory.getLong(physical + at), "at " + address);
    }
  }

  /** All records in memory are as they were appended. */
  void requireMemory() {
    enter();
    for (var each : records.tailMap(log.headAcquire()).entrySet()) {
      requireRecord(each.getKey(), log.physical(each.getKey()), each.getValue());
    }
    leave();
  }

  Device device() {
    return device;
  }

  /** Closes the log and keeps the device. */
  void closeLog() {
    log.close();
  }

  @Override
  public void close() {
    log.close();
    device.close();
  }
}
