package dev.peregrine.internal.hlog;

import dev.peregrine.Severity;
import dev.peregrine.StoreIoException;
import dev.peregrine.device.Device;
import dev.peregrine.internal.cpr.SystemState;
import dev.peregrine.internal.epoch.LightEpoch;
import dev.peregrine.internal.hlog.LogRegions.Marker;
import dev.peregrine.internal.record.LogAddress;
import java.util.function.LongFunction;
import org.agrona.concurrent.NanoClock;

/**
 * The hybrid log: a tail in memory that is changed in place, and everything older on the device, in
 * one address space (FASTER, SIGMOD 2018, sections 5 and 6).
 *
 * <p>It hands out addresses and says in which region they are; it does not know what is stored
 * there. Any thread may call any method, {@link #allocate} and {@link #physical} inside the epoch
 * only.
 */
public final class HybridLog implements AutoCloseable {
  /**
   * Result of {@link #allocate}: no space yet; leave the epoch, {@link #awaitSpace}, start over.
   */
  public static final long WAIT = TailAllocator.WAIT;

  private static final int FREE_SHARE = 16;
  private static final int MAX_FREE_FRAMES = 16;
  private static final int MIN_FRAMES = 4;

  private final int pageBits;
  private final SystemState state;
  private final LogRegions regions;
  private final TailAllocator tail;
  private final PageFrames frames;
  private final LogDriver driver;
  private final boolean spilling;
  private final long frameCount;
  private final long freeFrames;
  private final long mutableFrames;
  private volatile RuntimeException failure;

  /**
   * The shape of a log.
   *
   * @param pageBits log2 of the page size
   * @param frameCount pages in memory, at least {@link #minFrames}
   * @param mutableFraction the share of them that is changed in place, above 0 and at most 1
   */
  public record Shape(int pageBits, long frameCount, double mutableFraction) {}

  /**
   * @param shape pages and regions
   * @param device where pages go
   * @param epoch protects addresses
   * @param state is told when the log fails
   * @param driver runs the worker; started here
   * @param clock for the report of stalls
   * @param laggards names the sessions that announce an epoch not above the given one
   */
  public HybridLog(
      Shape shape,
      Device device,
      LightEpoch epoch,
      SystemState state,
      LogDriver driver,
      NanoClock clock,
      LongFunction<String> laggards) {
    this.pageBits = shape.pageBits();
    this.frameCount = shape.frameCount();
    this.state = state;
    this.driver = driver;
    this.spilling = device.keepsData();
    this.freeFrames = Math.clamp(frameCount / FREE_SHARE, 1, MAX_FREE_FRAMES);
    long usable = frameCount - freeFrames;
    this.mutableFrames = Math.clamp((long) (usable * shape.mutableFraction()), 1, usable - 1);
    this.regions = new LogRegions(LogAddress.FIRST);
    this.frames = new PageFrames(pageBits, frameCount);
    this.tail = new TailAllocator(pageBits, LogAddress.FIRST, new Gate());
    PageFlusher flusher =
        new PageFlusher(device, driver.queueMode(), frames, regions, 1L << pageBits);
    driver.start(new LogWorker(this, epoch, regions, frames, flusher, clock, laggards));
  }

  /** The fewest frames that a log works with. */
  public static int minFrames() {
    return MIN_FRAMES;
  }

  /**
   * Takes space at the tail.
   *
   * @param bytes a multiple of 8, at most a page
   * @return its address, or {@link #WAIT}
   */
  public long allocate(int bytes) {
    return tail.allocate(bytes);
  }

  /** Where an address from {@link #headAcquire} on is in memory. */
  public long physical(long logicalAddress) {
    return frames.physical(logicalAddress);
  }

  /** The first address of the log. */
  public long beginAcquire() {
    return regions.beginAcquire();
  }

  /** The first address in memory. */
  public long headAcquire() {
    return regions.headAcquire();
  }

  /** The first address that is changed in place. */
  public long readOnlyAcquire() {
    return regions.readOnlyAcquire();
  }

  /** The first address that somebody may still be changing. */
  public long safeReadOnlyAcquire() {
    return regions.safeReadOnlyAcquire();
  }

  /** The end of the log. */
  public long tailAcquire() {
    return tail.tailAcquire();
  }

  /** Below it, everything has been written to the device. */
  public long flushedUntilAcquire() {
    return regions.getAcquire(Marker.FLUSHED_UNTIL);
  }

  /**
   * Lets time pass until there may be space. Outside of the epoch.
   *
   * @throws StoreIoException if there will be none, because the device keeps nothing
   */
  public void awaitSpace() {
    if (!spilling) {
      throw new StoreIoException(
          Severity.CALL,
          "the log's memory of "
              + (frameCount << pageBits)
              + " bytes is full and the device keeps no pages: raise memoryBytes, or use a device"
              + " that stores",
          null);
    }
    driver.signal();
    driver.awaitProgress();
  }

  /** Lets time pass until addresses may have left the fuzzy region. Outside of the epoch. */
  public void awaitFrozen() {
    driver.awaitProgress();
  }

  /** The first failure to write, or null; then nothing can be allocated in the long run. */
  public RuntimeException failure() {
    return failure;
  }

  /** Bytes of memory that pages can take. */
  public long memoryBytes() {
    return frameCount << pageBits;
  }

  /** Stops the worker and frees the memory; nobody may be inside. */
  @Override
  public void close() {
    driver.close();
    frames.close();
  }

  void fail(RuntimeException cause) {
    failure = cause;
    state.fail();
  }

  void signal() {
    driver.signal();
  }

  boolean isSpilling() {
    return spilling;
  }

  /** Where {@code readOnly} should be, for the page that the tail is in. */
  long readOnlyTarget() {
    return startOf(Math.max(0, pageOf(tail.tailAcquire() - 1) + 1 - mutableFrames));
  }

  /** Where {@code head} should be, so that free frames lie ahead of the tail. */
  long headTarget() {
    return startOf(Math.max(0, pageOf(tail.tailAcquire() - 1) + 1 + freeFrames - frameCount));
  }

  long pageOf(long address) {
    return address >>> pageBits;
  }

  long startOf(long page) {
    return page << pageBits;
  }

  long pageStart(long address) {
    return address >>> pageBits << pageBits;
  }

  private final class Gate implements TailAllocator.FrameGate {
    @Override
    public boolean isFree(long page) {
      return page < pageOf(regions.getAcquire(Marker.CLOSED_UNTIL)) + frameCount;
    }

    @Override
    public void onOpened(long page) {
      driver.signal();
    }
  }
}
