package dev.peregrine.memory;

/** Spacing of words that different threads write. */
public final class CacheLine {
  /** Bytes in a cache line. */
  public static final int BYTES = 64;

  /** Distance between such words: two lines, because the prefetcher fetches lines in pairs. */
  public static final int STRIDE_BYTES = 128;

  private CacheLine() {}
}
