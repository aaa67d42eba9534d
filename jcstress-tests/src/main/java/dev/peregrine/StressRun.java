package dev.peregrine;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.openjdk.jcstress.JCStress;
import org.openjdk.jcstress.Options;
import org.openjdk.jcstress.infra.collectors.TestResult;
import org.openjdk.jcstress.infra.grading.HTMLReportPrinter;
import org.openjdk.jcstress.infra.grading.ReportUtils;

/**
 * Runs jcstress, and fails unless every test has run, often enough, without a forbidden outcome:
 * jcstress itself succeeds when it finds nothing to run, and leaves out what has more threads than
 * the machine has processors.
 *
 * <p>Arguments: the directory for the report, then those of jcstress. Beside its HTML report goes
 * {@code results.md}, a page with all outcomes. The last line of the output is for scripts: {@code
 * jcstress: tests=70 passed=70 failed=0 skipped=0 samples=123456789 seconds=150}.
 */
public final class StressRun {
  /** Fewer are no test of anything. */
  private static final long MIN_SAMPLES = 1000;

  private final Path report;
  private final List<String> arguments;
  private final StressResults results = new StressResults();
  private String failure;

  private StressRun(Path report, List<String> arguments) {
    this.report = report;
    this.arguments = new ArrayList<>(arguments);
    this.arguments.addAll(List.of("-r", report.toString()));
  }

  /** Exits with 1 on any failure. */
  public static void main(String[] args) throws Exception {
    long start = System.nanoTime();
    System.setProperty("java.class.path", classPathOfForks());
    Path report = Path.of(args[0]);
    Files.createDirectories(report);
    StressRun run = new StressRun(report, List.of(args).subList(1, args.length));
    List<String> tests = run.run();
    List<String> problems = problems(tests, run.results);
    String seconds = seconds(start);
    Files.writeString(report.resolve("results.md"), machine(args, seconds) + run.results.table());
    if (run.failure != null) {
      System.out.println(run.failure);
    }
    problems.forEach(System.out::println);
    long samples = run.results.byTest().stream().mapToLong(TestResult::getTotalCount).sum();
    long notRun = tests.stream().filter(test -> run.results.of(test) == null).count();
    System.out.printf(
        "jcstress: tests=%d passed=%d failed=%d skipped=%d samples=%d seconds=%s%n",
        tests.size(),
        tests.size() - problems.size(),
        problems.size() - notRun,
        notRun,
        samples,
        seconds);
    System.exit(run.failure == null && problems.isEmpty() && !tests.isEmpty() ? 0 : 1);
  }

  /**
   * The class path of the forks: with the jar that is named by the property {@code jcstress.jar} in
   * the place of the directory of its classes, as the harness pads its fields only where all
   * classes are in jars.
   */
  static String classPathOfForks() {
    String jar = System.getProperty("jcstress.jar");
    String path = System.getProperty("java.class.path");
    return jar == null ? path : jar + path.substring(path.indexOf(File.pathSeparatorChar));
  }

  static String seconds(long start) {
    return Long.toString(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start));
  }

  private List<String> run() throws Exception {
    Options options = new Options(arguments.toArray(String[]::new));
    if (!options.parse()) {
      throw new IllegalArgumentException("jcstress does not take " + arguments);
    }
    JCStress harness = new JCStress(options);
    List<String> tests = new ArrayList<>(harness.getTests());
    List<String> wide = tests.stream().filter(StressForks::isWide).toList();
    if (wide.size() < tests.size()) {
      try {
        harness.run();
      } catch (AssertionError e) {
        failure = e.getMessage();
      }
      results.read(Path.of(options.getResultFile()));
    }
    if (!wide.isEmpty()) {
      Path file = Path.of(options.getResultFile().replace("results", "results-wide"));
      StressForks.run(wide, arguments, file, System.out);
      results.read(file);
      new HTMLReportPrinter(options, results.collector(), System.out).work();
    }
    return tests;
  }

  private static List<String> problems(List<String> tests, StressResults results) {
    List<String> problems = new ArrayList<>();
    for (String test : tests) {
      TestResult result = results.of(test);
      if (result == null) {
        problems.add("NOT RUN: " + test);
      } else if (!ReportUtils.statusToPassed(result) || !result.grading().isPassed) {
        problems.add("FAILED: " + test + " " + result.grading().failureMessages);
      } else if (result.getTotalCount() < MIN_SAMPLES) {
        problems.add("TOO FEW SAMPLES: " + test + " " + result.getTotalCount());
      }
    }
    return problems;
  }

  /** On what the results were measured. */
  private static String machine(String[] args, String seconds) throws Exception {
    Path cpus = Path.of("/proc/cpuinfo");
    Pattern name = Pattern.compile("^model name\\s*:\\s*(.*)$", Pattern.MULTILINE);
    String cpu =
        Files.exists(cpus)
            ? name.matcher(Files.readString(cpus))
                .results()
                .map(m -> m.group(1))
                .findFirst()
                .orElse("")
            : "";
    return String.format(
        Locale.ROOT,
        """
        # Results of jcstress

        %s, %d processors (%s), JDK %s, %s, %s seconds. Arguments: `%s`. What each outcome means
        stands with the test; those that are forbidden would be marked.

        """,
        System.getProperty("os.arch"),
        Runtime.getRuntime().availableProcessors(),
        cpu,
        Runtime.version(),
        LocalDate.now(ZoneOffset.UTC),
        seconds,
        List.of(args).stream().skip(1).collect(Collectors.joining(" ")));
  }
}
