package dev.peregrine.device;

/** Which device {@link Devices#open} makes. */
public enum DeviceKind {
  /** {@link #URING} where io_uring works, otherwise {@link #PREAD}. */
  AUTO,
  /** Files, through io_uring. */
  URING,
  /** Files, through {@code pread} and {@code pwrite} on a few threads. */
  PREAD,
  /** Native memory; lost on close. */
  MEMORY,
  /** Drops what is written. */
  NULL;

  /** Whether it needs a directory. */
  public boolean hasFiles() {
    return this == AUTO || this == URING || this == PREAD;
  }
}
