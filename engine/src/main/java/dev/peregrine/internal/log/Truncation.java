package dev.peregrine.internal.log;

import dev.peregrine.device.Device;
import dev.peregrine.device.Volume;
import dev.peregrine.memory.Alignment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Where the log begins and what of it has been dropped, and the anchor that keeps both. The anchor
 * is durable before anything is deleted. Changes are made one at a time, under this object's
 * monitor.
 */
public final class Truncation {
  /** How much is committed before the anchor follows: what an opening reads at most, about. */
  private static final long ANCHOR_BYTES = 512L << 20;

  private final LogCore core;
  private final AnchorFiles files;
  private final Device device;
  private final List<LongSupplier> readers = new ArrayList<>();
  private Anchor anchor;

  /** Copies of what the anchor says, for readers; written after it is durable. */
  private volatile long begin;

  private volatile VoidRanges voids;

  Truncation(LogCore core, Volume volume, Device device, Anchor anchor) {
    this.core = core;
    this.files = new AnchorFiles(volume);
    this.device = device;
    this.anchor = anchor;
    this.begin = anchor.begin();
    this.voids = anchor.voids();
  }

  /** The first address that can be read. */
  public long begin() {
    return begin;
  }

  /** What has been dropped. */
  public VoidRanges voids() {
    return voids;
  }

  /** Lists a reader, whose position holds truncation back; its first position is set under this. */
  public synchronized void addReader(LongSupplier position) {
    readers.add(position);
  }

  /** Takes a reader from the list. */
  public synchronized void removeReader(LongSupplier position) {
    readers.remove(position);
  }

  /** The anchor that counts. */
  public synchronized Anchor anchor() {
    return anchor;
  }

  /** Writes the anchor anew, with what is committed now. */
  synchronized void publish() {
    publish(begin, voids);
  }

  /** Writes the anchor anew if the log has grown far since. */
  void anchorIfFar(long committed) {
    synchronized (this) {
      if (committed - anchor.mark() < ANCHOR_BYTES) {
        return;
      }
    }
    publish();
  }

  private void publish(long newBegin, VoidRanges newVoids) {
    long commit = core.commits().number();
    // Read after the number, so that it is not below the end of that commit.
    long mark = core.commits().committed();
    Anchor next =
        anchor
            .with(newBegin, newVoids)
            .next(anchor.identity(), mark, commit, core.consumers().all());
    files.publish(next);
    anchor = next;
  }

  /**
   * Drops what is below an address, as far as no reader and no consumer that holds is there.
   *
   * @param address where an entry begins or ends
   * @return where the log begins now
   */
  public synchronized long truncateBefore(long address) {
    requireHealthy();
    long limit = core.commits().committed();
    requireBoundary(address, limit);
    long target = Math.min(address, core.consumers().least());
    for (LongSupplier reader : readers) {
      target = Math.min(target, reader.getAsLong());
    }
    if (target > begin) {
      try {
        publish(target, voids.from(target));
        voids = anchor.voids();
        begin = target;
        device.truncateBefore(Alignment.down(target, core.pageBytes()));
      } catch (RuntimeException e) {
        core.fail(e);
        throw core.end();
      }
    }
    return begin;
  }

  private void requireHealthy() {
    RuntimeException over = core.end();
    if (over != null) {
      throw over;
    }
    core.requireOpen();
  }

  private void requireBoundary(long address, long limit) {
    if (address != begin && address != limit) {
      try (EntryCursor cursor = core.newCursor()) {
        cursor.seek(address, limit);
      }
    }
  }

  /**
   * Drops all entries from an address on, durably. Waits for writers, and commits what there is.
   *
   * @param address where an entry begins, or the last one ends
   */
  public void truncateAfter(long address) {
    requireHealthy();
    core.exclusive().take();
    try {
      core.commits().await(core.requests().request());
      synchronized (this) {
        long end = core.commits().committed();
        if (address >= end) {
          if (address > core.tail()) {
            throw new IllegalArgumentException(
                "address " + address + " lies behind the end of the log, " + core.tail());
          }
          return;
        }
        requireBoundary(address, end);
        dropFrom(address, end);
      }
    } finally {
      core.exclusive().giveBack();
      core.commits().cutIfWanted();
    }
  }

  private void dropFrom(long address, long end) {
    VoidRanges next = voids.with(address, end);
    if (next.count() > VoidRanges.MOST) {
      throw new IllegalArgumentException(
          "the log has " + voids.count() + " dropped ranges, the most: truncate it before");
    }
    try {
      core.consumers().setBack(address);
      publish(begin, next);
      voids = next;
    } catch (RuntimeException e) {
      core.fail(e);
      throw core.end();
    }
  }
}
