package dev.peregrine.device;

/** An operation on a device failed: what, where, and the system's reason. */
public final class DeviceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String operation;
  private final String path;
  private final long offset;
  private final int errno;

  /**
   * @param operation what was tried, for instance {@code read}
   * @param path the file, or the name of a device without files
   * @param offset the device offset in bytes, or −1 where there is none
   * @param errno the system's error number, or 0 where there is none
   * @param reason the error in words
   */
  public DeviceException(String operation, String path, long offset, int errno, String reason) {
    super(
        operation
            + " failed on "
            + path
            + (offset >= 0 ? " at offset " + offset : "")
            + ": "
            + reason
            + (errno != 0 ? " (errno " + errno + ")" : ""));
    this.operation = operation;
    this.path = path;
    this.offset = offset;
    this.errno = errno;
  }

  /** What was tried. */
  public String operation() {
    return operation;
  }

  /** The file, or the name of a device without files. */
  public String path() {
    return path;
  }

  /** The device offset in bytes, or −1. */
  public long offset() {
    return offset;
  }

  /** The system's error number, or 0. */
  public int errno() {
    return errno;
  }
}
