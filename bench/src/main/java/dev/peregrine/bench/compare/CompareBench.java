package dev.peregrine.bench.compare;

import dev.peregrine.bench.Distribution;
import dev.peregrine.bench.KeySequence;
import dev.peregrine.bench.Main;
import dev.peregrine.bench.Progress;
import dev.peregrine.bench.compare.CompareReport.CellResult;
import dev.peregrine.bench.compare.CompareReport.Participant;
import dev.peregrine.bench.compare.CompareReport.StageResult;
import dev.peregrine.bench.compare.peer.Engine;
import dev.peregrine.bench.compare.peer.Keystream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;

/** Runs a whole plan, one stage after the other. One thread. */
public final class CompareBench {
  /** What is told after each stage, so that an interrupted run leaves a report. */
  @FunctionalInterface
  interface Listener {
    void onReport(CompareReport report) throws IOException;
  }

  private static final long SEED = 42;
  private static final double NANOS_PER_SECOND = 1e9;

  private final ComparePlan plan;
  private final List<String> command;
  private final Path directory;
  private final PrintWriter out;
  private final List<StageResult> stages = new ArrayList<>();
  private final List<CellResult> cells = new ArrayList<>();
  private final String date = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
  private final long begin = System.nanoTime();

  CompareBench(ComparePlan plan, List<String> command, Path directory, PrintWriter out) {
    this.plan = plan;
    this.command = command;
    this.directory = directory;
    this.out = out;
  }

  /** Runs it. */
  CompareReport run(Listener listener) throws IOException {
    String noLimits = MemoryLimit.reasonForNone();
    Machine machine = Machine.current(directory, noLimits);
    Map<Distribution, Path> keys = drawKeys();
    for (Stage stage : plan.stages()) {
      Path place = Files.createDirectory(directory.resolve(stage.id()));
      try (StageBench bench = new StageBench(plan, stage, place, keys, noLimits == null, out)) {
        stages.add(bench.load());
        cells.addAll(bench.measure());
      }
      delete(place);
      listener.onReport(report(machine));
    }
    return report(machine);
  }

  private Map<Distribution, Path> drawKeys() throws IOException {
    Map<Distribution, Path> files = new EnumMap<>(Distribution.class);
    List<Distribution> wanted = plan.distributions();
    try (Progress progress = Progress.start(out, "draw keys", wanted.size(), "")) {
      for (Distribution distribution : wanted) {
        Path file = directory.resolve(distribution.label() + ".keys");
        Keystream.write(file, KeySequence.draw(distribution, plan.records(), SEED).keys());
        files.put(distribution, file);
        progress.to(files.size());
      }
    }
    return files;
  }

  private static void delete(Path place) throws IOException {
    try (Stream<Path> tree = Files.walk(place)) {
      for (Path file : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  private CompareReport report(Machine machine) throws IOException {
    Properties versions = versions();
    List<Participant> engines =
        plan.engines().stream().map(engine -> participant(engine, versions)).toList();
    String version = Main.class.getPackage().getImplementationVersion();
    return new CompareReport(
        CompareReport.SCHEMA,
        date,
        version == null ? "" : version,
        command,
        machine,
        plan,
        engines,
        stages,
        cells,
        (System.nanoTime() - begin) / NANOS_PER_SECOND);
  }

  private static Participant participant(Engine engine, Properties versions) {
    return new Participant(
        engine.id(),
        engine.family().id(),
        engine.title(),
        versions.getProperty(engine.versionKey(), Runtime.version().toString()),
        engine.settings(),
        engine.caveats());
  }

  /** The versions of the build. */
  public static Properties versions() throws IOException {
    Properties versions = new Properties();
    try (InputStream in = CompareBench.class.getResourceAsStream("versions.properties")) {
      versions.load(in);
    }
    return versions;
  }
}
