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
 */
record ProcessMemory(long heapBytes, long residentBytes) {
  private static final int KIBIBYTE_BITS = 10;

  /** Collects garbage, and looks. */
  static ProcessMemory current() {
    System.gc();
    long heap = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    try {
      return new ProcessMemory(heap, status("self", "VmRSS:"));
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
  }

  /**
   * What a process has in memory without pages of files.
   *
   * @throws IOException if there is no such process any more
   */
  static long anonymousBytes(long pid) throws IOException {
    return status(Long.toString(pid), "RssAnon:");
  }

  private static long status(String process, String name) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc", process, "status"))) {
      if (line.startsWith(name)) {
        return Long.parseLong(line.replaceAll("\\D", "")) << KIBIBYTE_BITS;
      }
    }
    throw new IOException("process " + process + " has no " + name);
  }
}
