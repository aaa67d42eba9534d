package dev.peregrine.posix;

/**
 * A call to the system failed. It knows only the error number: whoever catches it adds the
 * operation, the path and the offset.
 */
public final class ErrnoException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int errno;

  /** A failure with this error number. */
  public ErrnoException(int errno) {
    super(Errno.words(errno));
    this.errno = errno;
  }

  /** The error number, positive. */
  public int errno() {
    return errno;
  }
}
