package dev.peregrine.bench.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where a report goes: {@code compare.json}, {@code compare.html}, {@code compare.svg}. */
final class ReportFiles {
  private static final int PICTURE_WIDTH = 1100;
  private static final int PICTURE_HEIGHT = 440;

  private final Path directory;
  private final CompareReport earlier;

  /**
   * @param directory made when the first file is written
   * @param earlier what the page compares with; null for nothing
   */
  ReportFiles(Path directory, CompareReport earlier) {
    this.directory = directory;
    this.earlier = earlier;
  }

  /** The page. */
  Path page() {
    return directory.resolve("compare.html");
  }

  /** Writes the figures only. */
  void writeJson(CompareReport report) throws IOException {
    Files.createDirectories(directory);
    Files.writeString(directory.resolve("compare.json"), report.toJson());
  }

  /** Writes everything. */
  void write(CompareReport report) throws IOException {
    writeJson(report);
    Files.writeString(page(), new Page(report, earlier).toHtml());
    Files.writeString(
        directory.resolve("compare.svg"),
        Picture.svg(new Charts(report).overview(), PICTURE_WIDTH, PICTURE_HEIGHT));
  }
}
