package dev.peregrine.posix;

/** Flags and modes for {@code open(2)}; two of them differ between x86-64 and AArch64. */
final class OpenFlags {
  private static final boolean ARM = System.getProperty("os.arch").equals("aarch64");

  static final int O_RDONLY = 0;
  static final int O_RDWR = 02;
  static final int O_CREAT = 0100;
  static final int O_EXCL = 0200;

  /** Does not wait, for the other end of a FIFO for instance. */
  static final int O_NONBLOCK = 04000;

  static final int O_CLOEXEC = 02000000;

  /** Past the page cache. */
  static final int O_DIRECT = ARM ? 0200000 : 040000;

  /** Refuses a symbolic link as last part of the path. */
  static final int O_NOFOLLOW = ARM ? 0100000 : 0400000;

  /** Only a directory. */
  static final int O_DIRECTORY = ARM ? 040000 : 0200000;

  /** Readable and writable by the owner alone. */
  static final int MODE_OWNER_ONLY = 0600;

  /** The same for a directory. */
  static final int MODE_DIRECTORY_OWNER_ONLY = 0700;

  private OpenFlags() {}
}
