package dev.peregrine.bench.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where it ran.
 *
 * @param processor its name
 * @param processors how many of them this process sees
 * @param memoryBytes the machine's
 * @param system operating system and version
 * @param fileSystem of the directory with the data
 * @param jdk version of the virtual machine
 * @param memoryLimits {@code control group}, or why processes could not be limited
 */
public record Machine(
    String processor,
    int processors,
    long memoryBytes,
    String system,
    String fileSystem,
    String jdk,
    String memoryLimits) {
  private static final int KIBIBYTE_BITS = 10;

  /**
   * This machine.
   *
   * @param noLimits why processes can't be limited; null if they can
   */
  public static Machine current(Path directory, String noLimits) throws IOException {
    return new Machine(
        entry("/proc/cpuinfo", "model name"),
        Runtime.getRuntime().availableProcessors(),
        kibibytes(entry("/proc/meminfo", "MemTotal")),
        System.getProperty("os.name") + " " + System.getProperty("os.version"),
        Files.getFileStore(directory).type(),
        System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"),
        noLimits == null ? "control group" : noLimits);
  }

  /** What can be taken now without swapping. */
  static long availableBytes() throws IOException {
    return kibibytes(entry("/proc/meminfo", "MemAvailable"));
  }

  private static long kibibytes(String text) {
    String digits = text.replaceAll("\\D", "");
    return digits.isEmpty() ? 0 : Long.parseLong(digits) << KIBIBYTE_BITS;
  }

  private static String entry(String file, String name) throws IOException {
    for (String line : Files.readAllLines(Path.of(file))) {
      int colon = line.indexOf(':');
      if (colon > 0 && line.substring(0, colon).strip().equals(name)) {
        return line.substring(colon + 1).strip();
      }
    }
    return System.getProperty("os.arch");
  }
}
