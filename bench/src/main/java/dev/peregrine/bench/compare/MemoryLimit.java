package dev.peregrine.bench.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * A control group that bounds what one process takes of the machine's memory, its share of the
 * operating system's file cache included. It needs the right to make one.
 */
final class MemoryLimit implements AutoCloseable {
  private static final Path GROUPS = Path.of("/sys/fs/cgroup");
  private static final int REMOVAL_TRIES = 50;
  private static final int REMOVAL_MILLIS = 20;

  private static final long MOST_BYTES = 1L << 50;

  private final Path group;
  private final Path file;
  private volatile long current;

  private MemoryLimit(Path group, Path file) {
    this.group = group;
    this.file = file;
  }

  /**
   * Makes a group, without a limit yet, inside of the one that this process is in.
   *
   * @throws IOException if it can't be made here; the message says why
   */
  static MemoryLimit create(String name) throws IOException {
    boolean isFirstVersion = Files.isDirectory(GROUPS.resolve("memory"));
    Path parent =
        isFirstVersion
            ? GROUPS.resolve("memory").resolve(ownGroup(":memory:/"))
            : GROUPS.resolve(ownGroup("0::/"));
    Path group = parent.resolve(name);
    Path file = group.resolve(isFirstVersion ? "memory.limit_in_bytes" : "memory.max");
    Files.createDirectory(group);
    MemoryLimit limit = new MemoryLimit(group, file);
    try {
      if (!Files.exists(file)) {
        Files.writeString(parent.resolve("cgroup.subtree_control"), "+memory");
      }
      limit.set(MOST_BYTES);
      return limit;
    } catch (IOException cause) {
      limit.close();
      throw cause;
    }
  }

  /** Why no group can be made here; null if one can. */
  static String reasonForNone() {
    try (MemoryLimit _ = create("peregrine-probe-" + ProcessHandle.current().pid())) {
      return null;
    } catch (IOException cause) {
      return cause.getClass().getSimpleName().toLowerCase(Locale.ROOT)
          + " on "
          + cause.getMessage();
    }
  }

  /** Limits it; what is above is written or dropped, or the process is killed. */
  void set(long bytes) throws IOException {
    Files.writeString(file, Long.toString(bytes));
    current = bytes;
  }

  /** The limit. */
  long bytes() {
    return current;
  }

  private static String ownGroup(String marker) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/cgroup"))) {
      int at = line.indexOf(marker);
      if (at >= 0) {
        return line.substring(at + marker.length());
      }
    }
    throw new IOException("/proc/self/cgroup: no control group for memory");
  }

  /** A command that runs another inside of the group. */
  List<String> prefix() {
    String enter = "echo $$ > \"$0\"/cgroup.procs && exec \"$@\"";
    return List.of("/bin/sh", "-c", enter, group.toString());
  }

  /** Removes the group, as soon as its process has ended. */
  @Override
  public void close() {
    for (int i = 0; i < REMOVAL_TRIES; i++) {
      try {
        Files.deleteIfExists(group);
        return;
      } catch (IOException busy) {
        try {
          Thread.sleep(REMOVAL_MILLIS);
        } catch (InterruptedException interrupted) {
          Thread.currentThread().interrupt();
          return;
        }
      }
    }
  }
}
