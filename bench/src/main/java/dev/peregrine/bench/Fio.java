package dev.peregrine.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** Runs fio on files that are there already, by io_uring and past the page cache. */
public final class Fio {
  private static final int GRACE_SECONDS = 120;
  private static final String READ = "read";

  private final Path directory;
  private final List<String> files;
  private final List<String> more;

  /**
   * Makes a runner.
   *
   * @param directory where the files are
   * @param files their names there
   * @param more options to add to fio's command line
   * @throws CheckFailedException if fio is not installed
   */
  public Fio(Path directory, List<String> files, List<String> more) {
    this.directory = directory;
    this.files = List.copyOf(files);
    this.more = List.copyOf(more);
    requireInstalled();
  }

  /** Refuses to go on without fio. */
  public static void requireInstalled() {
    try {
      Process process = new ProcessBuilder("fio", "--version").redirectErrorStream(true).start();
      process.getInputStream().readAllBytes();
      if (process.waitFor() == 0) {
        return;
      }
    } catch (IOException missing) {
      throw new CheckFailedException("--fio needs fio: install the package fio");
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    throw new CheckFailedException("--fio needs fio, but it does not run");
  }

  /**
   * Runs it once.
   *
   * @param pattern fio's name of it: randread, read or write
   * @param seconds how long; 0 for once over the files
   */
  public Measurement run(String pattern, int blockBytes, int depth, int jobs, double seconds)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.addAll(
        List.of(
            "fio",
            "--name=peregrine",
            "--filename=" + String.join(":", files),
            "--file_service_type=" + (pattern.startsWith("rand") ? "random" : "sequential"),
            "--rw=" + pattern,
            "--bs=" + blockBytes,
            "--direct=1",
            "--ioengine=io_uring",
            "--iodepth=" + depth,
            "--numjobs=" + jobs,
            "--thread",
            "--group_reporting",
            "--norandommap",
            "--randrepeat=0",
            "--output-format=json"));
    if (seconds > 0) {
      command.add("--time_based");
      command.add("--runtime=" + Math.round(seconds * 1000) + "ms");
    }
    if (!pattern.endsWith(READ)) {
      command.add("--end_fsync=1");
    }
    command.addAll(more);
    return parse(execute(command, seconds), pattern.endsWith(READ));
  }

  private String execute(List<String> command, double seconds) throws IOException {
    Path output = Files.createTempFile(directory, "fio", ".json");
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      if (!process.waitFor((long) seconds + GRACE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new CheckFailedException("fio does not end");
      }
      String text = Files.readString(output);
      if (process.exitValue() != 0) {
        throw new CheckFailedException(
            "fio failed: " + text.lines().filter(line -> !line.isBlank()).findFirst().orElse(""));
      }
      return text;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while fio ran", interrupted);
    } finally {
      Files.deleteIfExists(output);
    }
  }

  /** What fio's JSON says of its one group of jobs. */
  static Measurement parse(String output, boolean isRead) {
    int begin = output.indexOf('{');
    JsonNode side;
    try {
      JsonNode root = new ObjectMapper().readTree(output.substring(Math.max(0, begin)));
      side = root.path("jobs").path(0).path(isRead ? READ : "write");
    } catch (JacksonException cause) {
      throw new CheckFailedException("fio's output is not JSON: " + cause.getOriginalMessage());
    }
    long operations = side.path("total_ios").asLong(0);
    if (operations == 0) {
      throw new CheckFailedException("fio did nothing");
    }
    JsonNode percentiles = side.path("clat_ns").path("percentile");
    long bytes = side.path("io_bytes").asLong(0);
    return new Measurement(
        operations,
        TimeUnit.MILLISECONDS.toNanos(side.path("runtime").asLong(0)),
        side.path("iops").asDouble(0),
        percentiles.path("50.000000").asLong(0),
        percentiles.path("99.000000").asLong(0),
        percentiles.path("99.900000").asLong(0),
        0,
        isRead ? operations : 0,
        isRead ? bytes : 0,
        isRead ? 0 : bytes,
        0,
        0);
  }
}
