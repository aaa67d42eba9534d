package dev.peregrine.device.segment;

import dev.peregrine.device.DeviceException;
import dev.peregrine.posix.DirectFile;
import dev.peregrine.posix.ErrnoException;
import java.nio.file.Path;

/** A segment that is a file. Any thread may call any method. */
public final class SegmentFile extends Segment {
  private final Path path;
  private final DirectFile file;

  /** Set after a write, taken by a sync: whoever takes it makes the file durable. */
  private volatile boolean dirty;

  private volatile boolean removed;

  SegmentFile(long number, Path path, DirectFile file) {
    super(number);
    this.path = path;
    this.file = file;
  }

  /** The open file; a request that holds the segment may use it. */
  public DirectFile file() {
    return file;
  }

  @Override
  public String path() {
    return path.toString();
  }

  @Override
  public void markDirty() {
    if (!dirty) {
      dirty = true;
    }
  }

  /** Callers exclude each other: a second one must not find the mark gone and the data not. */
  @Override
  protected void sync() {
    if (dirty) {
      dirty = false;
      try {
        file.dataSync();
      } catch (ErrnoException e) {
        throw new DeviceException("sync", path(), -1, e.errno(), e.getMessage());
      }
    }
  }

  void markRemoved() {
    removed = true;
  }

  @Override
  protected void dispose() {
    if (removed) {
      try {
        // A ring's table of registered files may keep the inode alive: take its blocks now.
        file.truncate(0);
      } catch (ErrnoException e) {
        // The name is gone: the space comes back at the latest when the last holder closes.
      }
    }
    file.close();
  }
}
