package dev.peregrine.bench.compare;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** What files take on the disk, which for sparse ones is less than their length. */
public final class DiskUsage {
  private DiskUsage() {}

  /** Waits until what has been written to the directory's file system is on the disk. */
  public static void sync(Path directory) throws IOException {
    try {
      new ProcessBuilder("sync", "-f", directory.toString()).start().waitFor();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** The bytes allocated below a directory. */
  public static long of(Path directory) throws IOException {
    Process du =
        new ProcessBuilder("du", "-s", "-B1", directory.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD) // a file may just have gone
            .start();
    String line = new String(du.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    String[] words = line.strip().split("\\s+");
    if (words[0].isEmpty()) {
      throw new IOException("du could not measure " + directory);
    }
    return Long.parseLong(words[0]);
  }
}
