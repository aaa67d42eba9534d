package dev.peregrine.bench.logbench;

import dev.peregrine.bench.Allocation;
import dev.peregrine.bench.Gang;
import dev.peregrine.bench.Measure;
import dev.peregrine.bench.compare.DiskUsage;
import dev.peregrine.bench.compare.Histograms;
import dev.peregrine.bench.logbench.LogPeer.Appender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/** One run of an engine in this process: appends, reads all of it back, and checks it. */
final class LogMeter {
  /** So many entries are appended between two looks at whether it is enough. */
  private static final int ENTRIES_A_LOOK = 64;

  private static final double SCAN_WRITE_SECONDS = 3600;

  private final LogRequest request;
  private final LogCell cell;

  LogMeter(LogRequest request) {
    this.request = request;
    this.cell = request.cell();
  }

  /**
   * Does it.
   *
   * @throws dev.peregrine.bench.CheckFailedException if the log does not hold what was appended
   */
  LogReply run() throws IOException {
    Files.createDirectories(request.directory());
    Files.createDirectories(request.memoryDirectory());
    LogSetup setup = new LogSetup(cell, request.directory(), request.memoryDirectory());
    try (LogPeer log = request.engine().open(setup)) {
      return cell.durability() == Durability.SCAN ? scan(log) : append(log);
    }
  }

  private record Share(long entries, long beginNanos, long allocatedBytes, Histogram latencies) {}

  private LogReply append(LogPeer log) throws IOException {
    List<Share> shares = appendFor(log, request.seconds());
    log.finish();
    long end = System.nanoTime();
    long begin = shares.stream().mapToLong(Share::beginNanos).min().orElseThrow();
    long disk = DiskUsage.of(request.directory());
    EntryPattern.Check check = new EntryPattern.Check(cell.entryBytes(), cell.producers(), true);
    log.read(check);
    check.requireCounts(shares.stream().mapToLong(Share::entries).toArray());
    Histogram latencies = Histograms.empty();
    shares.forEach(share -> latencies.add(share.latencies()));
    return new LogReply(
        null,
        check.count(),
        Math.max(1, end - begin),
        shares.stream().mapToLong(Share::allocatedBytes).sum(),
        disk,
        cell.durability().waits() ? Histograms.encode(latencies) : null);
  }

  private List<Share> appendFor(LogPeer log, double seconds) {
    Gang<Share> gang = new Gang<>(cell.producers());
    return gang.runFor(seconds, (worker, all) -> produce(log, worker, all), passed -> {});
  }

  private Share produce(LogPeer log, int producer, Gang<?> gang) throws InterruptedException {
    Histogram latencies = Histograms.empty();
    Producer loop = new Producer(cell, producer, latencies);
    long most = request.mostBytes() / cell.entryBytes() / cell.producers();
    long begin;
    long allocated;
    try (Appender appender = log.newAppender()) {
      loop.fill(appender);
      gang.awaitStart();
      allocated = Allocation.bytes();
      begin = System.nanoTime();
      while (!gang.isStopped() && loop.entries < most) {
        loop.some(appender);
      }
      allocated = Allocation.bytes() - allocated;
    }
    return new Share(loop.entries, begin, allocated, latencies);
  }

  /** What one producer does. */
  private static final class Producer {
    private final LogCell cell;
    private final int number;
    private final Histogram latencies;
    private final int lastWord;
    private long entries;

    Producer(LogCell cell, int number, Histogram latencies) {
      this.cell = cell;
      this.number = number;
      this.latencies = latencies;
      this.lastWord = cell.entryBytes() - Long.BYTES;
    }

    void fill(Appender appender) {
      for (int offset = Long.BYTES; offset < lastWord; offset += Long.BYTES) {
        appender.put(offset, EntryPattern.middle(number, offset));
      }
    }

    void some(Appender appender) {
      if (!cell.durability().waits()) {
        append(appender, ENTRIES_A_LOOK);
        return;
      }
      int count = cell.batchEntries();
      append(appender, count - 1);
      long begin = System.nanoTime();
      append(appender, 1);
      appender.commit();
      Measure.record(latencies, System.nanoTime() - begin);
    }

    private void append(Appender appender, int count) {
      for (int i = 0; i < count; i++) {
        long first = EntryPattern.first(number, entries);
        appender.put(0, first);
        appender.put(lastWord, EntryPattern.last(first));
        appender.append();
        entries++;
      }
    }
  }

  private LogReply scan(LogPeer log) throws IOException {
    List<Share> shares = appendFor(log, SCAN_WRITE_SECONDS);
    log.finish();
    long disk = DiskUsage.of(request.directory());
    dropFromCache(request.directory());
    EntryPattern.Check check = new EntryPattern.Check(cell.entryBytes(), cell.producers(), false);
    long allocated = Allocation.bytes();
    long begin = System.nanoTime();
    log.read(check);
    long end = System.nanoTime();
    allocated = Allocation.bytes() - allocated;
    check.requireCounts(shares.stream().mapToLong(Share::entries).toArray());
    return new LogReply(null, check.count(), Math.max(1, end - begin), allocated, disk, null);
  }

  /** Has the pages of files leave memory that are durable and that nobody has mapped. */
  private static void dropFromCache(Path directory) throws IOException {
    List<Path> files;
    try (Stream<Path> tree = Files.walk(directory)) {
      files = tree.filter(Files::isRegularFile).toList();
    }
    for (Path file : files) {
      Process dd =
          new ProcessBuilder("dd", "of=" + file, "oflag=nocache", "conv=notrunc", "count=0")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      try {
        dd.waitFor();
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
