package dev.peregrine.bench.logbench;

import dev.peregrine.bench.Fio;
import dev.peregrine.bench.Measurement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What fio gets for the bytes of a cell. */
final class FioRuns {
  private static final int BLOCK_BYTES = 1 << 20;
  private static final int DEPTH = 8;
  private static final String WRITE = "write";

  private FioRuns() {}

  /**
   * Runs it once.
   *
   * @param directory an empty one
   * @throws dev.peregrine.bench.CheckFailedException if fio is not installed, or fails
   */
  static LogReply run(LogRequest request) throws IOException {
    LogCell cell = request.cell();
    Path directory = request.directory();
    Files.createDirectories(directory);
    long bytes = request.mostBytes() / cell.producers() / BLOCK_BYTES * BLOCK_BYTES;
    List<String> options = new ArrayList<>();
    options.add("--size=" + Math.max(BLOCK_BYTES, bytes));
    if (cell.durability() == Durability.BATCH) {
      options.addAll(List.of("--ioengine=psync", "--direct=0", "--fdatasync=1"));
      options.add("--offset_increment=" + Math.max(BLOCK_BYTES, bytes));
    }
    Fio fio = new Fio(directory, List.of("data"), options);
    Measurement measured =
        switch (cell.durability()) {
          case BATCH -> fio.run(WRITE, LogCell.BATCH_BYTES, 1, cell.producers(), request.seconds());
          case SCAN -> {
            fio.run(WRITE, BLOCK_BYTES, DEPTH, 1, 0);
            yield fio.run("read", BLOCK_BYTES, DEPTH, 1, 0);
          }
          default -> fio.run(WRITE, BLOCK_BYTES, DEPTH, 1, request.seconds());
        };
    long done = measured.deviceBytesRead() + measured.deviceBytesWritten();
    return new LogReply(
        null, done / cell.entryBytes(), Math.max(1, measured.elapsedNanos()), 0, done, null);
  }
}
