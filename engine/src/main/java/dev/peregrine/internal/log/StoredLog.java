package dev.peregrine.internal.log;

import dev.peregrine.CorruptionException;
import dev.peregrine.device.Device;
import dev.peregrine.device.Volume;
import dev.peregrine.internal.hlog.PageIdentity;
import dev.peregrine.internal.hlog.PageImage;
import dev.peregrine.memory.Alignment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A log at rest: reads what is committed, and writes only to cut off what is damaged. One thread at
 * a time.
 */
public final class StoredLog implements LogView, AutoCloseable {
  private static final long MOST_ENTRY_BYTES = 1L << 30;
  private static final int BACKUP_BYTES = 32 << 20;

  private final Volume volume;
  private final Device device;
  private final Anchor anchor;
  private final List<String> problems = new ArrayList<>();
  private long end;
  private long commit;
  private long droppedBytes;
  private long marked;
  private List<ConsumerPosition> consumers;

  private StoredLog(Volume volume, Anchor anchor, Device device) {
    this.volume = volume;
    this.anchor = anchor;
    this.device = device;
    this.end = anchor.mark();
    this.commit = anchor.commit();
    this.consumers = anchor.consumers();
  }

  /**
   * Opens the log of a volume, which may be one that is read only.
   *
   * @throws CorruptionException if there is no log, or its anchor is damaged
   */
  public static StoredLog open(Volume volume) {
    List<String> problems = new ArrayList<>();
    Anchor anchor = LogOpening.anchor(volume, problems);
    if (anchor == null) {
      throw new CorruptionException("there is no log in " + volume.describe());
    }
    StoredLog log =
        new StoredLog(volume, anchor, volume.openDevice(LogOpening.DEVICE, anchor.segmentBytes()));
    log.problems.addAll(problems);
    return log;
  }

  /**
   * Finds the end of what is committed, as opening the log does.
   *
   * @throws CorruptionException if what is not checked otherwise is damaged
   */
  public void findEnd() {
    marked = DurableMarks.find(volume, anchor, problems);
    FoundLog found = LogRecovery.find(device, anchor, marked, problems);
    end = found.end();
    commit = found.commit();
    droppedBytes = found.droppedBytes();
    consumers = found.anchor().consumers();
  }

  /** The anchor. */
  public Anchor anchor() {
    return anchor;
  }

  /** The consumers, with their latest positions. */
  public List<ConsumerPosition> consumers() {
    return consumers;
  }

  /** Up to where it is known to be durable without looking at it. */
  public long durableUntil() {
    return Math.max(anchor.mark(), marked);
  }

  /** Where the last commit ends. */
  public long end() {
    return end;
  }

  /** Its number. */
  public long commit() {
    return commit;
  }

  /** What lies behind and was not committed. */
  public long droppedBytes() {
    return droppedBytes;
  }

  /** What was found wrong and does not matter. */
  public List<String> problems() {
    return problems;
  }

  /** Where the files begin and end. */
  public long deviceBegin() {
    return device.beginOffset();
  }

  /** Where the files end. */
  public long deviceEnd() {
    return device.endOffset();
  }

  /** A cursor at the log's beginning; the caller closes it. */
  public EntryCursor newCursor() {
    EntryCursor cursor = new EntryCursor(this);
    cursor.moveTo(begin());
    return cursor;
  }

  /** Takes extents. */
  @FunctionalInterface
  public interface ExtentVisitor {
    /**
     * An extent that is good.
     *
     * @param address where it begins
     * @param bytes its length
     * @param generation the run that wrote it
     * @param commitNumber of the commit that ends with it, or 0
     */
    void onExtent(long address, long bytes, int generation, long commitNumber);
  }

  /**
   * Checks every extent, from the first that is readable on.
   *
   * @param until where to end, at most
   * @param visitor takes those that are good
   * @return where the first is that is bad, or {@code until}
   */
  public long walk(long until, ExtentVisitor visitor) {
    int pageBytes = pageBytes();
    PageIdentity identity = anchor.identity();
    long address = Alignment.down(begin(), pageBytes);
    try (PageReads reads = new PageReads(device, pageBytes)) {
      while (address < until) {
        long page = Alignment.down(address, pageBytes);
        long at = reads.read(page, pageBytes) + (address - page);
        long most = page + pageBytes - address;
        if (ExtentHeader.headerProblem(
                    at, address, most, anchor.version(), identity, reads.checksum())
                != null
            || ExtentHeader.bodyProblem(at, reads.checksum()) != null) {
          return address;
        }
        long bytes = ExtentHeader.length(at);
        visitor.onExtent(address, bytes, ExtentHeader.generation(at), ExtentHeader.commit(at));
        address += bytes;
      }
    }
    return until;
  }

  /**
   * Cuts the log off where a commit ends, durably. What was behind is copied to files before, named
   * {@code cut-SEQUENCE.NNNNNN}.
   *
   * @param newEnd where
   * @param newCommit the number of that commit
   * @return the names of the copies
   */
  public List<String> cutAt(long newEnd, long newCommit) {
    List<String> copies = copyFrom(newEnd);
    PageIdentity identity =
        anchor
            .identity()
            .withRun(newEnd / PageImage.BLOCK_BYTES, anchor.identity().generation() + 1);
    List<ConsumerPosition> kept = new ArrayList<>();
    for (ConsumerPosition consumer : consumers) {
      long position = Math.min(consumer.address(), Math.max(newEnd, begin()));
      kept.add(new ConsumerPosition(consumer.name(), position, consumer.holds()));
    }
    device.sync();
    new AnchorFiles(volume)
        .publish(
            anchor
                .with(
                    Math.min(begin(), Math.max(newEnd, ExtentHeader.BYTES)), voids().until(newEnd))
                .next(identity, newEnd, newCommit, kept));
    end = newEnd;
    return copies;
  }

  /**
   * Makes the log one of the latest version: from then on, all at once. Extents stay as they are. A
   * crash leaves the log of before, or the log of after; called again, it finishes what is left to
   * do. After {@link #findEnd}.
   *
   * @return whether there was anything to do
   */
  public boolean convert() {
    AnchorFiles files = new AnchorFiles(volume);
    if (anchor.version() == LogFormat.LATEST) {
      boolean unfinished = !files.areBoth(anchor);
      if (unfinished) {
        files.publish(anchor);
      }
      return unfinished;
    }
    Anchor next = anchor.in(LogFormat.LATEST).next(anchor.identity(), end, commit, consumers);
    // What was found is durable, whoever wrote it, before the anchor says so.
    device.sync();
    DurableMarks.open(volume, next).close();
    files.publish(next);
    return true;
  }

  private List<String> copyFrom(long from) {
    List<String> names = new ArrayList<>();
    int chunk = Math.max(pageBytes(), BACKUP_BYTES / pageBytes() * pageBytes());
    byte[] bytes = new byte[chunk];
    try (PageReads reads = new PageReads(device, pageBytes())) {
      long page = Alignment.down(from, pageBytes());
      while (page < device.endOffset()) {
        int filled = 0;
        while (filled < chunk && page < device.endOffset()) {
          long at = reads.read(page, pageBytes());
          reads.copyOut(at, bytes, filled);
          filled += pageBytes();
          page += pageBytes();
        }
        String name = String.format("cut-%d.%06d", anchor.sequence() + 1, names.size());
        volume.write(name, Arrays.copyOf(bytes, filled));
        volume.sync(name);
        names.add(name);
      }
    }
    volume.syncDirectory("");
    return names;
  }

  @Override
  public int pageBytes() {
    return anchor.pageBytes();
  }

  @Override
  public long maxEntryBytes() {
    return MOST_ENTRY_BYTES;
  }

  @Override
  public long begin() {
    return anchor.begin();
  }

  @Override
  public VoidRanges voids() {
    return anchor.voids();
  }

  @Override
  public long storedUntil() {
    return end;
  }

  @Override
  public boolean copyFromMemory(long address, long target, long bytes) {
    return false;
  }

  @Override
  public ExtentReader newExtentReader() {
    return new ExtentReader(device, pageBytes(), anchor.version(), anchor.identity());
  }

  @Override
  public void close() {
    device.close();
  }
}
