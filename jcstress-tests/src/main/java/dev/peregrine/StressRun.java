package dev.peregrine;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.openjdk.jcstress.JCStress;
import org.openjdk.jcstress.Options;
import org.openjdk.jcstress.infra.collectors.DiskReadCollector;
import org.openjdk.jcstress.infra.collectors.InProcessCollector;
import org.openjdk.jcstress.infra.collectors.TestResult;
import org.openjdk.jcstress.infra.grading.GradingResult;
import org.openjdk.jcstress.infra.grading.ReportUtils;
import org.openjdk.jcstress.infra.runners.TestList;

/**
 * Runs jcstress, and fails unless every test that can run here has run, often enough, without a
 * forbidden outcome: jcstress itself succeeds when it finds nothing to run.
 *
 * <p>Arguments: the directory for the report, then those of jcstress. Beside its HTML report goes
 * {@code results.md}, a table of all outcomes. The last line of the output is for scripts: {@code
 * jcstress: tests=70 passed=70 failed=0 skipped=3 samples=123456789 seconds=150}.
 */
public final class StressRun {
  /** Fewer are no test of anything. */
  private static final long MIN_SAMPLES = 1000;

  private static final String PACKAGE = "dev.peregrine.";

  private StressRun() {}

  /** Exits with 1 on any failure. */
  public static void main(String[] args) throws Exception {
    long start = System.nanoTime();
    useJar();
    Path report = Path.of(args[0]);
    Files.createDirectories(report);
    List<String> jcstress = new ArrayList<>(List.of(args).subList(1, args.length));
    jcstress.add("-r");
    jcstress.add(report.toString());
    Options options = new Options(jcstress.toArray(String[]::new));
    if (!options.parse()) {
      System.exit(1);
    }
    String failure = null;
    JCStress harness = new JCStress(options);
    try {
      harness.run();
    } catch (AssertionError e) {
      failure = e.getMessage();
    }
    List<TestResult> results = read(options.getResultFile());
    List<String> wanted = new ArrayList<>(harness.getTests());
    int processors = Runtime.getRuntime().availableProcessors();
    List<String> skipped =
        wanted.stream().filter(test -> TestList.getInfo(test).threads() > processors).toList();
    List<String> problems = problems(wanted, skipped, results);
    Files.writeString(report.resolve("results.md"), table(results, skipped));
    if (failure != null) {
      System.out.println(failure);
    }
    problems.forEach(System.out::println);
    long samples = results.stream().mapToLong(TestResult::getTotalCount).sum();
    System.out.printf(
        "jcstress: tests=%d passed=%d failed=%d skipped=%d samples=%d seconds=%d%n",
        wanted.size(),
        wanted.size() - skipped.size() - problems.size(),
        problems.size(),
        skipped.size(),
        samples,
        TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start));
    System.exit(failure == null && problems.isEmpty() && !results.isEmpty() ? 0 : 1);
  }

  /**
   * Puts the jar named by the property {@code jcstress.jar} in the place of the directory of its
   * classes, for the forks: the harness pads its fields only where all classes are in jars.
   */
  private static void useJar() {
    String jar = System.getProperty("jcstress.jar");
    if (jar != null) {
      String path = System.getProperty("java.class.path");
      String directory = path.substring(0, path.indexOf(File.pathSeparatorChar));
      System.setProperty("java.class.path", path.replace(directory, jar));
    }
  }

  /** The results of all forks and JVM modes, merged by test. */
  private static List<TestResult> read(String file) throws IOException, ClassNotFoundException {
    InProcessCollector collector = new InProcessCollector();
    if (Files.exists(Path.of(file))) {
      DiskReadCollector reader = new DiskReadCollector(file, collector);
      reader.dump();
      reader.close();
    }
    List<TestResult> merged = ReportUtils.mergedByName(collector.getTestResults());
    merged.sort(Comparator.comparing(TestResult::getName));
    return merged;
  }

  private static List<String> problems(
      List<String> wanted, Collection<String> skipped, List<TestResult> results) {
    List<String> problems = new ArrayList<>();
    for (String test : wanted) {
      TestResult result =
          results.stream().filter(each -> each.getName().equals(test)).findFirst().orElse(null);
      if (result == null) {
        if (!skipped.contains(test)) {
          problems.add("NOT RUN: " + test);
        }
      } else if (!ReportUtils.statusToPassed(result) || !result.grading().isPassed) {
        problems.add("FAILED: " + test + " " + result.grading().failureMessages);
      } else if (result.getTotalCount() < MIN_SAMPLES) {
        problems.add("TOO FEW SAMPLES: " + test + " " + result.getTotalCount());
      }
    }
    return problems;
  }

  private static String table(List<TestResult> results, List<String> skipped) {
    StringBuilder text = new StringBuilder("| test | samples | outcomes |\n|---|---|---|\n");
    for (TestResult result : results) {
      String outcomes =
          result.grading().gradingResults.values().stream()
              .filter(outcome -> outcome.count > 0)
              .map(outcome -> describe(outcome, result.getTotalCount()))
              .collect(Collectors.joining("; "));
      text.append("| ")
          .append(result.getName().replace(PACKAGE, ""))
          .append(" | ")
          .append(String.format(Locale.ROOT, "%,d", result.getTotalCount()))
          .append(" | ")
          .append(outcomes)
          .append(" |\n");
    }
    for (String test : skipped) {
      text.append("| ")
          .append(test.replace(PACKAGE, ""))
          .append(" | – | not run: needs three processors |\n");
    }
    return text.toString();
  }

  private static String describe(GradingResult outcome, long total) {
    double percent = 100.0 * outcome.count / total;
    String share = percent < 0.01 ? "< 0.01" : String.format(Locale.ROOT, "%.2f", percent);
    return "`"
        + outcome.id
        + "` "
        + share
        + " % "
        + outcome.expect.toString().toLowerCase(Locale.ROOT);
  }
}
