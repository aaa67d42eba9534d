package dev.peregrine.bench.compare;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What this process takes.
 *
 * @param heapBytes reachable on the heap, about
 * @param residentBytes in memory, the whole heap and pages of mapped files included
 * @param anonymousBytes in memory, without pages of files
 */
record ProcessMemory(long heapBytes, long residentBytes, long anonymousBytes) {
  private static final int KIBIBYTE_BITS = 10;

  /** Collects garbage, and looks. */
  static ProcessMemory current() {
    System.gc();
    long heap = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    return new ProcessMemory(heap, entry("VmRSS:"), anonymous());
  }

  /** What is in memory now, without pages of files. */
  static long anonymous() {
    return entry("RssAnon:");
  }

  private static long entry(String name) {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
        if (line.startsWith(name)) {
          return Long.parseLong(line.replaceAll("\\D", "")) << KIBIBYTE_BITS;
        }
      }
      return 0;
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
  }
}
