package dev.peregrine.posix;

/** What there is of a name. */
public enum FileKind {
  /** Nothing. */
  MISSING,
  /** A regular file. */
  REGULAR,
  /** A directory. */
  DIRECTORY,
  /** A symbolic link, a FIFO, a socket or a device node. */
  OTHER
}
