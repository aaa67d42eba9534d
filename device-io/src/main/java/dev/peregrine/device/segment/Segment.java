package dev.peregrine.device.segment;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * One fixed-size piece of a device, counted by its users.
 *
 * <p>A request holds its segment from the moment it is enqueued to its completion, so that a
 * truncation meanwhile cannot close the file (whose number the system would give to another one) or
 * unmap the memory under it. Any thread may call any method.
 */
public abstract class Segment {
  private final long number;

  /** Users, plus one for the table that lists it; at 0 it is disposed of and stays so. */
  private final AtomicInteger holders = new AtomicInteger(1);

  /** A segment that its table holds. */
  protected Segment(long number) {
    this.number = number;
  }

  /** Its place: it begins at this number times the segment length. */
  public final long number() {
    return number;
  }

  /** The file, or a name for people. */
  public abstract String path();

  /** Notes that the segment has bytes that the next sync must make durable. */
  public void markDirty() {}

  /** Makes what was written durable. Does nothing where nothing can be. */
  protected void sync() {}

  /** Gives back what it holds; called once, by the last holder. */
  protected abstract void dispose();

  final boolean acquire() {
    int count = holders.get();
    while (count > 0) {
      if (holders.compareAndSet(count, count + 1)) {
        return true;
      }
      count = holders.get();
    }
    return false;
  }

  final void release() {
    if (holders.decrementAndGet() == 0) {
      dispose();
    }
  }
}
