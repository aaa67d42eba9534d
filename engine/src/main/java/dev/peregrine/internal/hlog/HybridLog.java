package dev.peregrine.internal.hlog;

import dev.peregrine.Severity;
import dev.peregrine.StoreIoException;
import dev.peregrine.device.Device;
import dev.peregrine.internal.cpr.SystemState;
import dev.peregrine.internal.hlog.LogRegions.Marker;
import dev.peregrine.internal.pause.PausePoint;
import dev.peregrine.internal.pause.Pauses;
import dev.peregrine.internal.record.LogAddress;
import dev.peregrine.memory.Alignment;
import dev.peregrine.memory.Checksum;
import dev.peregrine.memory.Memory;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;

/**
 * The hybrid log: a tail in memory that is changed in place, and everything older on the device, in
 * one address space (FASTER, SIGMOD 2018, sections 5 and 6).
 *
 * <p>It hands out addresses and says in which region they are; it does not know what is stored
 * there. Any thread may call any method, {@link #allocate}, {@link #physical} and {@link
 * #markChanged} inside the epoch only. {@link #start} comes first, but for what {@link LogContents}
 * asks for.
 */
public final class HybridLog implements AutoCloseable {
  /**
   * Result of {@link #allocate}: no space yet; leave the epoch, {@link #awaitSpace}, start over.
   */
  public static final long WAIT = TailAllocator.WAIT;

  private static final int FREE_SHARE = 16;
  private static final int MAX_FREE_FRAMES = 16;
  private static final int MIN_FRAMES = 4;

  /** What the length of a region of native memory is rounded up to. */
  private static final int REGION_UNIT_BYTES = 4096;

  /** The share of the frames' memory that the block checksums of pages on the device get. */
  private static final int CHECKSUM_SHARE = 32;

  private final int pageBits;
  private final int pageBytes;
  private final SystemState state;
  private final Device device;
  private final PageIdentity identity;
  private final LogRegions regions;
  private final HeadPin headPin;
  private final TailAllocator tail;
  private final PageFrames frames;
  private final LogWindow window;
  private final ChangeMarks marks;
  final ChecksumTables tables;
  private final PageFormat format;
  private final LogDriver driver;
  private final LogWorker worker;
  private final boolean spilling;
  private final long frameCount;
  private final long freeFrames;
  private final long mutableFrames;

  /** Up to where somebody wants the log frozen and written; only grows. */
  private final AtomicLong freezeUntil = new AtomicLong();

  private boolean started;
  private volatile RuntimeException failure;

  /**
   * The shape of a log.
   *
   * @param pageBits log2 of the page size
   * @param frameCount pages in memory, at least {@link #minFrames}
   * @param mutableFraction the share of them that is changed in place, above 0 and at most 1
   * @param preTouched whether they all have memory from the start
   */
  public record Shape(int pageBits, long frameCount, double mutableFraction, boolean preTouched) {}

  /**
   * A log of the store's pages, with footers.
   *
   * @param shape pages and regions
   * @param contents what is in it
   * @param host what it works with
   */
  public HybridLog(Shape shape, LogContents contents, LogHost host) {
    this(
        shape,
        contents,
        host,
        new ChecksumTables(
            1 << shape.pageBits(), checksumBytes(1 << shape.pageBits(), shape.frameCount())));
  }

  private HybridLog(Shape shape, LogContents contents, LogHost host, ChecksumTables tables) {
    this(
        shape,
        contents,
        host,
        tables,
        new FooterFormat(1 << shape.pageBits(), contents.identity(), tables));
  }

  /**
   * A log of pages of another format, which keeps no tables of block checksums.
   *
   * @param shape pages and regions
   * @param contents what is in it
   * @param host what it works with
   * @param format of the pages
   */
  public HybridLog(Shape shape, LogContents contents, LogHost host, PageFormat format) {
    this(shape, contents, host, new ChecksumTables(1 << shape.pageBits(), 0), format);
  }

  private HybridLog(
      Shape shape, LogContents contents, LogHost host, ChecksumTables tables, PageFormat format) {
    this.pageBits = shape.pageBits();
    this.pageBytes = 1 << pageBits;
    this.frameCount = shape.frameCount();
    this.format = format;
    contents.requireFits(pageBits, format, frameCount);
    this.state = host.state();
    this.device = host.device();
    this.identity = contents.identity();
    this.driver = host.driver();
    this.spilling = device.keepsData();
    this.freeFrames = freeFrames(frameCount);
    long usable = frameCount - freeFrames;
    this.mutableFrames = Math.clamp((long) (usable * shape.mutableFraction()), 1, usable - 1);
    this.regions = regionsOf(contents);
    this.headPin = new HeadPin(regions);
    this.frames =
        new PageFrames(pageBits, frameCount, shape.preTouched(), pageOf(regions.headAcquire()));
    this.window = new LogWindow(regions, frames);
    this.marks = new ChangeMarks(frameCount);
    this.tables = tables;
    this.tail = new TailAllocator(pageBits, format, contents.tailAddress(), new Gate(), 0);
    PageFlusher flusher =
        new PageFlusher(device, driver.queueMode(), frames, regions, format, host.limit());
    this.worker = new LogWorker(this, host, regions, headPin, frames, marks, flusher);
  }

  private static LogRegions regionsOf(LogContents contents) {
    LogRegions regions = new LogRegions(contents.beginAddress());
    long head = Math.max(contents.beginAddress(), contents.headAddress());
    for (Marker marker : new Marker[] {Marker.HEAD, Marker.SAFE_HEAD, Marker.CLOSED_UNTIL}) {
      regions.advanceRelease(marker, head);
    }
    for (Marker marker :
        new Marker[] {Marker.FLUSHED_UNTIL, Marker.SAFE_READ_ONLY, Marker.READ_ONLY}) {
      regions.advanceRelease(marker, contents.tailAddress());
    }
    return regions;
  }

  /** The fewest frames that a log works with. */
  public static int minFrames() {
    return MIN_FRAMES;
  }

  /** Native memory of a log with this many pages in memory, with all that goes with them. */
  public static long bytesFor(int pageBytes, long frameCount) {
    return frameCount * pageBytes
        + Alignment.up(checksumBytes(pageBytes, frameCount), REGION_UNIT_BYTES)
        + Alignment.up(ChangeMarks.bytesFor(frameCount), REGION_UNIT_BYTES);
  }

  private static long checksumBytes(int pageBytes, long frameCount) {
    long least = ChecksumTables.minBytes(pageBytes);
    return least == 0 ? 0 : Math.max(least, frameCount * pageBytes / CHECKSUM_SHARE);
  }

  /** Begins to run the worker; called once. */
  public void start() {
    driver.start(worker);
    started = true;
  }

  /**
   * Takes space at the tail.
   *
   * @param bytes a multiple of 8, at most {@link PageImage#usableBytes}
   * @return its address, or {@link #WAIT}
   */
  public long allocate(int bytes) {
    return tail.allocate(bytes);
  }

  /**
   * Moves the tail to where the log can be cut, if it is not there. Others may allocate meanwhile.
   *
   * @return the cut: what was allocated before lies below it, what is allocated later from it on;
   *     in a log without a record, the first address
   */
  public long padToBlock() {
    return tail.padToBlock();
  }

  /**
   * Cuts a log whose format leaves room behind each cut. One caller at a time.
   *
   * @param lastCut what it gave last, or where the log began
   * @return the cut, or {@code lastCut} if nothing has been allocated since
   */
  public long cutAfter(long lastCut) {
    return tail.cutAfter(lastCut);
  }

  /** Whether the frames of this many pages behind the tail's are free. */
  public boolean hasFreePages(long count) {
    return new Gate().isFree(pageOf(tail.tailAcquire()) + count);
  }

  /** The same as some of what follows, for who asks at each operation. */
  public LogWindow window() {
    return window;
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

  /** Pages that a log with so many in memory can begin with in memory. */
  public static long loadablePages(long frameCount) {
    return frameCount - freeFrames(frameCount);
  }

  private static long freeFrames(long frameCount) {
    return Math.clamp(frameCount / FREE_SHARE, 1, MAX_FREE_FRAMES);
  }

  /** What the pages say that they are. */
  public PageIdentity identity() {
    return identity;
  }

  /**
   * Asks for everything below an address to be frozen and written, as soon as nobody can change it
   * any more; {@link #flushedUntilAcquire} tells when it is, {@link #failure} if it never will be.
   *
   * @param address what {@link #padToBlock} gave; not above the tail
   * @throws IllegalArgumentException if it is another
   * @throws IllegalStateException if the device keeps nothing
   */
  public void freezeTo(long address) {
    requestFreeze(address);
    driver.signal();
  }

  /** As {@link #freezeTo}, but leaves it to the caller to {@link #help} with it, or to signal. */
  public void requestFreeze(long address) {
    if (address <= LogAddress.FIRST) {
      return;
    }
    if (!format.isCut(address) || address > tail.tailAcquire()) {
      throw new IllegalArgumentException(
          "address " + address + " is not where the log can be cut, or lies behind its tail");
    }
    if (!spilling) {
      throw new IllegalStateException(device.describe() + " keeps no pages");
    }
    // Read by the worker in readOnlyTarget.
    freezeUntil.accumulateAndGet(address, Math::max);
  }

  /**
   * Keeps the pages from an address on in memory: the head does not pass the start of its page
   * until {@link #unpinHead}. Allocations that need their frames wait. There is one pin, which can
   * be moved forward.
   *
   * @return the head now; if it is above, then what is below has left memory before, and the head
   *     stays where it is
   * @throws IllegalStateException if it would move back
   */
  public long pinHead(long address) {
    return headPin.pin(pageStart(address));
  }

  /** Ends {@link #pinHead}. */
  public void unpinHead() {
    headPin.unpin();
    Pauses.at(PausePoint.HEAD_UNPINNED);
    driver.signal();
  }

  /**
   * Notes that a record was changed in place.
   *
   * @param address of the record
   * @param version of the operation, above 0
   */
  public void markChanged(long address, long version) {
    marks.raise(pageOf(address), version);
  }

  /**
   * The latest version in which something in a page was changed in place, 0 if nothing was.
   *
   * @param page the number of a page that is in memory and stays there meanwhile
   */
  public long changedVersion(long page) {
    return marks.get(page);
  }

  /**
   * The pages from one address to another, in memory, that were appended or changed since a cut.
   *
   * @param fromAddress where the first page begins or goes on
   * @param untilAddress where the last one ends
   * @param cut what was there of the log then
   * @param version the version that ended with it; 0 for all pages
   */
  public long[] changedPages(long fromAddress, long untilAddress, long cut, long version) {
    if (fromAddress >= untilAddress) {
      return new long[0];
    }
    long appended = untilAddress > cut ? pageOf(cut) : Long.MAX_VALUE;
    return LongStream.rangeClosed(pageOf(fromAddress), pageOf(untilAddress - 1))
        .filter(page -> version == 0 || page >= appended || changedVersion(page) > version)
        .toArray();
  }

  /**
   * Copies a page out as it would be on the device if it ended at a cut.
   *
   * @param page its number; it is in memory and stays there, and nobody changes what is below the
   *     cut
   * @param cut where its records end, unless the page does before
   * @param target a page of memory
   * @param checksum over the memory around {@code target}
   */
  public void copyPageImage(long page, long cut, long target, Checksum checksum) {
    long start = startOf(page);
    long bytes = Math.min(cut - start, PageImage.usableBytes(pageBytes));
    Memory.copy(frames.physical(start), target, bytes);
    Memory.zero(target + bytes, pageBytes - bytes);
    int generation = identity.generationOf(page);
    PageImage.seal(target, pageBytes, identity.storeId(), page, generation, checksum);
  }

  /**
   * The checksums of the blocks before a cut of the page that it divides; none if it divides none.
   */
  public int[] tailChecksums(long cut) {
    return cut == LogAddress.FIRST ? new int[0] : blockChecksums(pageStart(cut), cut);
  }

  /**
   * The checksums of the first data blocks of a page in memory, which have been written.
   *
   * @param untilAddress where the blocks end: a cut, not above {@link #flushedUntilAcquire}
   * @param pageStart the page's first address
   */
  public int[] blockChecksums(long pageStart, long untilAddress) {
    long count = (untilAddress - pageStart) / PageImage.BLOCK_BYTES;
    if (pageStart != pageStart(pageStart)
        || untilAddress < pageStart
        || count > PageImage.dataBlocks(pageBytes)
        || !PageImage.isCut(untilAddress, pageBytes)
        || untilAddress > flushedUntilAcquire()) {
      throw new IllegalArgumentException(
          "addresses " + pageStart + " to " + untilAddress + " are no blocks that are written");
    }
    long table = table(pageStart);
    int[] checksums = new int[(int) count];
    for (int block = 0; block < count; block++) {
      checksums[block] = PageImage.blockChecksum(table, block);
    }
    return checksums;
  }

  /**
   * Puts back the checksum of a block of the page that the tail is in; before {@link #start}.
   *
   * @param blockAddress the block's start, below the tail
   * @param checksum what {@link #blockChecksums} gave
   */
  public void restoreBlockChecksum(long blockAddress, int checksum) {
    int block = (int) (blockAddress - pageStart(blockAddress)) / PageImage.BLOCK_BYTES;
    if (!PageImage.isCut(blockAddress, pageBytes)
        || block >= PageImage.dataBlocks(pageBytes)
        || blockAddress >= tail.tailAcquire()) {
      throw new IllegalArgumentException("address " + blockAddress + " is no block of the log");
    }
    PageImage.putBlockChecksum(table(pageStart(blockAddress)), block, checksum);
  }

  /**
   * Checks what one reader reads back from the device.
   *
   * @param bufferAddress start of the native memory that it reads to
   * @param bytes its length
   */
  public PageVerifier newVerifier(long bufferAddress, long bytes) {
    return new PageVerifier(pageBits, device, identity, tables, new Checksum(bufferAddress, bytes));
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

  /** Native memory that the log takes, with all that goes with its pages. */
  public long bytes() {
    return bytesFor(pageBytes, frameCount);
  }

  /** Stops the worker and frees the memory; nobody may be inside. */
  @Override
  public void close() {
    if (started) {
      driver.close();
    }
    frames.close();
    marks.close();
    tables.close();
  }

  /** Takes no more changes, because what was written may be lost; the first cause stays. */
  public void fail(RuntimeException cause) {
    if (failure == null) {
      failure = cause;
    }
    state.fail();
  }

  /** There may be work for the log's worker. */
  public void signal() {
    driver.signal();
  }

  /** Freezes and writes on the calling thread, as {@link LogDriver#help} has it. */
  public int help() {
    return driver.help();
  }

  /** Whether the caller is inside {@link #help}. */
  public boolean isHelped() {
    return driver.isHelping();
  }

  boolean isSpilling() {
    return spilling;
  }

  /** Where {@code readOnly} should be, for the page that the tail is in, and who asked for more. */
  long readOnlyTarget() {
    long page = Math.max(0, pageOf(tail.tailAcquire() - 1) + 1 - mutableFrames);
    return Math.max(startOf(page), freezeUntil.get());
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

  private long table(long pageStart) {
    long end = frames.physical(pageStart) + pageBytes;
    return PageImage.tableAddress(end - PageImage.footerBytes(pageBytes));
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
