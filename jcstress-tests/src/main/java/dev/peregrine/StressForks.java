package dev.peregrine;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jcstress.Options;
import org.openjdk.jcstress.TestExecutor;
import org.openjdk.jcstress.infra.TestInfo;
import org.openjdk.jcstress.infra.collectors.DiskWriteCollector;
import org.openjdk.jcstress.infra.collectors.MuxCollector;
import org.openjdk.jcstress.infra.collectors.SerializedBufferCollector;
import org.openjdk.jcstress.infra.grading.ConsoleReportPrinter;
import org.openjdk.jcstress.infra.runners.TestConfig;
import org.openjdk.jcstress.infra.runners.TestList;
import org.openjdk.jcstress.os.AffinityMode;
import org.openjdk.jcstress.os.Scheduler;
import org.openjdk.jcstress.os.SchedulingClass;
import org.openjdk.jcstress.os.topology.PresetRegularTopology;
import org.openjdk.jcstress.vm.CompileMode;
import org.openjdk.jcstress.vm.VMSupport;

/**
 * Runs tests in forks, one at a time, bound to no processor. So it takes tests that have more
 * actors than the machine has processors, which jcstress leaves out, as it wants a processor for
 * each: here they share them, and wait for each other by yielding; two or more of them run at once,
 * and the others stand wherever they were preempted.
 */
final class StressForks {
  private StressForks() {}

  /** Whether jcstress leaves a test out on this machine. */
  static boolean isWide(String test) {
    return TestList.getInfo(test).threads() > Runtime.getRuntime().availableProcessors();
  }

  /**
   * Runs tests; what the JVM can do is found out the first time only.
   *
   * @param arguments for jcstress
   * @param results where the results go, in the harness's format
   */
  static void run(List<String> tests, List<String> arguments, Path results, PrintStream out)
      throws Exception {
    List<String> all = new ArrayList<>(arguments);
    if (tests.stream().anyMatch(StressForks::isWide)) {
      all.addAll(List.of("-spinStyle", "THREAD_YIELD"));
    }
    Options options = new Options(all.toArray(String[]::new));
    if (!options.parse()) {
      throw new IllegalArgumentException("jcstress does not take " + all);
    }
    if (VMSupport.getAvailableVMConfigs().isEmpty()) {
      VMSupport.initFlags(options);
      VMSupport.detectAvailableVMConfigs(
          options.isSplitCompilation(), options.getJvmArgs(), options.getJvmArgsPrepend());
    }
    int most = tests.stream().mapToInt(test -> TestList.getInfo(test).threads()).max().orElse(0);
    Scheduler scheduler = new Scheduler(new PresetRegularTopology(1, most, 1), most);
    List<TestConfig> configs = new ArrayList<>();
    for (String test : tests) {
      addConfigs(TestList.getInfo(test), options, scheduler, most, configs);
    }
    ConsoleReportPrinter printer =
        new ConsoleReportPrinter(options, new PrintWriter(out, true), configs.size());
    DiskWriteCollector disk = new DiskWriteCollector(results.toString());
    SerializedBufferCollector sink = new SerializedBufferCollector(MuxCollector.of(printer, disk));
    TestExecutor executor = new TestExecutor(options.verbosity(), sink, scheduler);
    printer.setExecutor(executor);
    executor.runAll(configs);
    sink.close();
    disk.close();
    printer.printFinishLine();
  }

  private static void addConfigs(
      TestInfo info, Options options, Scheduler scheduler, int most, List<TestConfig> configs) {
    for (VMSupport.Config config : VMSupport.getAvailableVMConfigs()) {
      int multiplier = config.stress() ? options.getForksStressMultiplier() : 1;
      for (SchedulingClass each :
          scheduler.scheduleClasses(info.threads(), most, AffinityMode.NONE)) {
        for (int fork = 0; fork < options.getForks() * multiplier; fork++) {
          configs.add(
              new TestConfig(options, info, fork, config.args(), CompileMode.UNIFIED, each));
        }
      }
    }
  }
}
