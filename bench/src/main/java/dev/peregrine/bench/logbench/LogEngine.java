package dev.peregrine.bench.logbench;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.peregrine.bench.EnumIds;
import dev.peregrine.bench.compare.peer.OpenPackages;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Who takes part. */
public enum LogEngine {
  /** This project's log. */
  PEREGRINE(
      "Peregrine",
      "peregrine",
      "defaults: 32 pages of 1 MiB in memory, written past the page cache; pipelined:"
          + " commitEachBytes 4 MiB",
      "",
      PeregrineLog::new),
  /** A file and a buffer. */
  FILECHANNEL(
      "FileChannel",
      null,
      "a buffer of 128 KiB under a lock, write and force(false); pipelined: one force at the end",
      "no checksums, no recovery, no group commit; pipelined, nothing is durable before the end",
      FileChannelLog::new),
  /** Chronicle Queue. */
  CHRONICLE_QUEUE(
      "Chronicle Queue",
      "chronicle-queue",
      "binary, blockSize 256 MiB, writeBytes; durable: SyncMode.SYNC and sync(), pipelined: one"
          + " sync() at the end",
      "no checksums; sync() does nothing in its default mode; pipelined, nothing is durable before"
          + " the end; scans pages that it has mapped, so they cannot be dropped from memory",
      ChronicleQueueLog::new),
  /** Aeron Archive. */
  AERON_ARCHIVE(
      "Aeron Archive",
      "aeron",
      "driver and archive in the process, both SHARED, IPC, terms of 64 MiB, fileIoMaxLength 1 MiB,"
          + " segments of 256 MiB; fileSyncLevel 0 without sync, else 1; one producer: exclusive"
          + " publication",
      "no checksums by default; driver and archive need threads that spin",
      AeronArchiveLog::new),
  /** The tool: what the disk does. */
  FIO(
      "fio",
      null,
      "batch: 128 KiB, psync, fdatasync after each; pipelined and scan: 1 MiB, io_uring, depth 8,"
          + " O_DIRECT",
      "no log: what the disk gives for the same bytes",
      null);

  private static final String HEAP = "512m";

  private final String title;
  private final String versionKey;
  private final String settings;
  private final String caveats;
  private final Function<LogSetup, LogPeer> opener;

  LogEngine(
      String title,
      String versionKey,
      String settings,
      String caveats,
      Function<LogSetup, LogPeer> opener) {
    this.title = title;
    this.versionKey = versionKey;
    this.settings = settings;
    this.caveats = caveats;
    this.opener = opener;
  }

  /** The name in options and JSON. */
  @JsonValue
  public String id() {
    return EnumIds.of(this);
  }

  /** The name for people. */
  public String title() {
    return title;
  }

  /** The name of its version in the build; null if it is not of the build. */
  public String versionKey() {
    return versionKey;
  }

  /** How it is set up, for people. */
  public String settings() {
    return settings;
  }

  /** What it does not do by design, for people. */
  public String caveats() {
    return caveats;
  }

  /** Whether it takes part in a cell. */
  boolean measures(LogCell cell) {
    return this != FIO
        || cell.durability() != Durability.NONE && cell.durability() != Durability.LATENCY;
  }

  /** Whether it runs in a Java process of its own. */
  boolean isJava() {
    return opener != null;
  }

  /** Opens a log in this process. */
  LogPeer open(LogSetup setup) {
    return opener.apply(setup);
  }

  /** What its JVM must be started with. */
  List<String> jvmArguments() {
    List<String> arguments = new ArrayList<>();
    arguments.add("-Xms" + HEAP);
    arguments.add("-Xmx" + HEAP);
    arguments.add("-XX:-UsePerfData");
    arguments.add("--enable-native-access=ALL-UNNAMED");
    if (this == CHRONICLE_QUEUE || this == AERON_ARCHIVE) {
      arguments.add("--sun-misc-unsafe-memory-access=allow");
      arguments.addAll(OpenPackages.ARGUMENTS);
      arguments.add("--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED");
    }
    return List.copyOf(arguments);
  }
}
