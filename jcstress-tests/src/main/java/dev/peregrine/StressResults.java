package dev.peregrine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.infra.collectors.DiskReadCollector;
import org.openjdk.jcstress.infra.collectors.InProcessCollector;
import org.openjdk.jcstress.infra.collectors.TestResult;
import org.openjdk.jcstress.infra.grading.GradingResult;
import org.openjdk.jcstress.infra.grading.ReportUtils;
import org.openjdk.jcstress.infra.runners.TestList;

/** The results of runs of jcstress, of all forks and JVM modes, merged by test. */
final class StressResults {
  private static final String PACKAGE = "dev.peregrine.";

  private final InProcessCollector collector = new InProcessCollector();

  /** Adds what a run has written, if it has. */
  void read(Path file) throws IOException, ClassNotFoundException {
    if (Files.exists(file)) {
      DiskReadCollector reader = new DiskReadCollector(file.toString(), collector);
      reader.dump();
      reader.close();
    }
  }

  /** All results, for jcstress's own reports. */
  InProcessCollector collector() {
    return collector;
  }

  /** A result a test, by name. */
  List<TestResult> byTest() {
    List<TestResult> merged = ReportUtils.mergedByName(collector.getTestResults());
    merged.sort(Comparator.comparing(TestResult::getName));
    return merged;
  }

  /** The result of a test, or null. */
  TestResult of(String test) {
    return byTest().stream().filter(each -> each.getName().equals(test)).findFirst().orElse(null);
  }

  /** How often a test came to an outcome that it forbids. */
  static long forbidden(TestResult result) {
    return result.grading().gradingResults.values().stream()
        .filter(outcome -> outcome.expect == Expect.FORBIDDEN)
        .mapToLong(outcome -> outcome.count)
        .sum();
  }

  /** A table of tests and outcomes, as Markdown. */
  String table() {
    StringBuilder text =
        new StringBuilder("| test | threads | samples | outcomes |\n|---|---|---|---|\n");
    for (TestResult result : byTest()) {
      String outcomes =
          result.grading().gradingResults.values().stream()
              .filter(outcome -> outcome.count > 0)
              .map(outcome -> describe(outcome, result.getTotalCount()))
              .collect(Collectors.joining("; "));
      text.append(
          String.format(
              Locale.ROOT,
              "| %s | %d | %,d | %s |%n",
              result.getName().replace(PACKAGE, ""),
              TestList.getInfo(result.getName()).threads(),
              result.getTotalCount(),
              outcomes));
    }
    return text.toString();
  }

  private static String describe(GradingResult outcome, long total) {
    double percent = 100.0 * outcome.count / total;
    String share = percent < 0.01 ? "< 0.01" : String.format(Locale.ROOT, "%.2f", percent);
    String note = outcome.expect == Expect.FORBIDDEN ? " % **forbidden**" : " %";
    return "`" + outcome.id + "` " + share + note;
  }
}
