package dev.peregrine.bench.compare;

import dev.peregrine.bench.ByteSize;
import dev.peregrine.bench.Distribution;
import dev.peregrine.bench.Figures;
import dev.peregrine.bench.Workload;
import dev.peregrine.bench.compare.CompareReport.CellResult;
import dev.peregrine.bench.compare.CompareReport.Latency;
import dev.peregrine.bench.compare.CompareReport.LoadResult;
import dev.peregrine.bench.compare.CompareReport.Participant;
import dev.peregrine.bench.compare.CompareReport.StageResult;
import dev.peregrine.bench.compare.peer.Engine;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The report as one page that needs nothing else: charts, all figures, settings, method. */
final class Page {
  private final CompareReport report;
  private final CompareReport earlier;
  private final Findings findings;
  private final Charts charts;
  private final Map<String, Object> options = new LinkedHashMap<>();
  private final StringBuilder body = new StringBuilder();

  /**
   * @param earlier to be compared with; null for none
   */
  Page(CompareReport report, CompareReport earlier) {
    this.report = report;
    this.earlier = earlier;
    this.findings = new Findings(report);
    this.charts = new Charts(report);
  }

  /** The page. */
  String toHtml() throws IOException {
    head();
    report.stages().forEach(this::stage);
    if (earlier != null) {
      against();
    }
    participants();
    body.append(PageMethod.toHtml(report));
    try (InputStream in = Page.class.getResourceAsStream("page.html")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .replace("<!--BODY-->", body)
          .replace("/*OPTIONS*/", Html.escapeJson(Json.LINES.writeValueAsString(options)))
          .replace("/*ECHARTS*/", Picture.script());
    }
  }

  private void head() {
    body.append("<h1>Peregrine and its peers</h1>\n");
    Machine machine = report.machine();
    soft(
        "%s · %s, %d processors, %s · %s, %s · %s · %s records · Peregrine %s · compare %s · %.0f min"
            .formatted(
                report.date(),
                machine.processor(),
                machine.processors(),
                ByteSize.format(machine.memoryBytes()),
                machine.system(),
                machine.fileSystem(),
                machine.jdk(),
                Figures.count(report.plan().records()),
                report.version(),
                String.join(" ", report.command().stream().skip(1).toList()),
                report.elapsedSeconds() / 60));
    for (String failure : report.failures()) {
      body.append("<p class=\"failed\">").append(Html.escape(failure)).append("</p>\n");
    }
    body.append("<h2>At a glance</h2>\n");
    soft(
        "Peregrine's operations per second to those of each engine: geometric mean of all cells"
            + " [least, most]; above 1, Peregrine did more. Of ConcurrentHashMap, the faster of two"
            + " collectors in each cell.");
    body.append(new Summary(report).grid().toHtml(1));
    if (!findings.stages().isEmpty()) {
      body.append("<div class=\"charts\">");
      chart("overview", charts.overview(), "chart wide");
      body.append("</div>\n");
    }
  }

  private void stage(StageResult result) {
    Stage stage = result.stage();
    body.append("<h2>").append(Html.escape(stage.title())).append("</h2>\n");
    if (result.budgetBytes() > 0) {
      long payload = result.records() * (Long.BYTES + result.valueBytes());
      soft(
          "Each engine's caches, indexes and buffers get %s, for %s of keys and values: what Peregrine needs for its index, a quarter of its log, and its buffers. Peers may fill it as they like."
              .formatted(ByteSize.format(result.budgetBytes()), ByteSize.format(payload)));
    }
    for (LoadResult load : result.loads()) {
      if (load.skipped() != null) {
        soft(report.participant(load.engine()).title() + " is left out: " + load.skipped() + ".");
      }
    }
    body.append("<div class=\"charts\">\n");
    for (Distribution distribution : report.plan().distributions()) {
      for (int threads : report.plan().threads()) {
        String id = "ops-%s-%s-%d".formatted(stage.id(), distribution.label(), threads);
        chart(id, charts.throughput(stage, distribution, threads), "chart");
      }
    }
    for (Cell cell : report.plan().cells(stage)) {
      if (isForLatency(cell)) {
        chart("latency-" + stage.id() + "-" + cell.workload(), charts.latency(cell), "chart");
      }
    }
    chart("sizes-" + stage.id(), charts.sizes(stage), "chart wide");
    body.append("</div>\n");
    body.append("<details open><summary>Loading</summary>");
    body.append(loads(result).toHtml(1)).append("</details>\n");
    body.append("<details><summary>All figures</summary>");
    body.append(cells(stage).toHtml(2)).append("</details>\n");
  }

  /** The first distribution and the most threads, for reads and for the most writes. */
  private boolean isForLatency(Cell cell) {
    return cell.distribution() == report.plan().distributions().getFirst()
        && cell.threads() == report.plan().maxThreads()
        && (cell.workload() == Workload.A || cell.workload() == Workload.C);
  }

  private void chart(String id, Map<String, Object> option, String kind) {
    options.put(id, option);
    body.append(
        "<div class=\"%s\" id=\"%s\" role=\"img\" aria-label=\"chart: %s\"></div>\n"
            .formatted(kind, id, id));
  }

  private Grid loads(StageResult result) {
    Grid grid =
        new Grid(
            List.of(
                "engine",
                "records/s",
                "s",
                "s, settled",
                "heap B/record",
                "other memory B/record",
                "disk B/record",
                "opened as"));
    for (LoadResult load : result.loads()) {
      if (load.isLoaded()) {
        grid.row(
            isOurs(load.engine()),
            List.of(
                report.participant(load.engine()).title(),
                Figures.rate(load.recordsPerSecond()),
                Figures.decimal(load.seconds(), 2),
                Figures.decimal(load.settleSeconds(), 2),
                Figures.decimal(load.heapBytesPerRecord(), 1),
                Figures.decimal(load.nativeBytesPerRecord(), 1),
                Figures.decimal(load.diskBytesPerRecord(), 1),
                load.description()));
      }
    }
    return grid;
  }

  private Grid cells(Stage stage) {
    Grid grid =
        new Grid(
            List.of(
                "cell",
                "engine",
                "median",
                "least",
                "most",
                "Peregrine to it",
                "p50",
                "p90",
                "p99",
                "p99.9",
                "p99.99",
                "max",
                "timed 1 of",
                "heap B/op",
                "GC %"));
    for (CellResult result : report.cells()) {
      if (result.cell().stage().equals(stage)) {
        String title = report.participant(result.engine()).title();
        grid.row(isOurs(result.engine()), row(result, title));
      }
    }
    return grid;
  }

  private static List<String> row(CellResult result, String title) {
    Cell cell = result.cell();
    String name =
        "%s %s %dT".formatted(cell.workload(), cell.distribution().label(), cell.threads());
    if (result.failure() != null) {
      return List.of(name, title, "failed", "", "", "", "", "", "", "", "", "", "", "", "");
    }
    Latency latency = result.latency();
    return List.of(
        name,
        title,
        Figures.rate(result.medianOpsPerSecond()),
        Figures.rate(result.leastOpsPerSecond()),
        Figures.rate(result.mostOpsPerSecond()),
        result.ratio() == 0 ? "–" : Summary.factor(result.ratio()),
        Figures.time(latency.p50()),
        Figures.time(latency.p90()),
        Figures.time(latency.p99()),
        Figures.time(latency.p999()),
        Figures.time(latency.p9999()),
        Figures.time(latency.max()),
        Figures.decimal(latency.sampleInterval(), 0),
        Figures.decimal(result.allocatedBytesPerOp(), 1),
        Figures.decimal(100 * result.gcShare(), 1));
  }

  private void against() {
    Against against = new Against(report, earlier);
    body.append("<h2>Now and then</h2>\n");
    soft(against.head());
    body.append(against.engines().toHtml(1)).append(against.cells().toHtml(1));
  }

  private void participants() {
    body.append("<h2>The engines</h2>\n");
    Grid grid =
        new Grid(List.of("engine", "version", "set up as", "what it does not do by design"));
    for (Participant engine : report.engines()) {
      grid.row(
          isOurs(engine.id()),
          List.of(engine.title(), engine.version(), engine.settings(), engine.caveats()));
    }
    body.append(grid.toHtml(4));
    body.append("<details><summary>Arguments of each process</summary>");
    Grid arguments =
        new Grid(List.of("engine", "data", "arguments of its JVM", "process limited to"));
    for (StageResult stage : report.stages()) {
      for (LoadResult load : stage.loads()) {
        if (load.isLoaded()) {
          arguments.row(
              isOurs(load.engine()),
              List.of(
                  report.participant(load.engine()).title(),
                  stage.stage().title(),
                  String.join(" ", load.jvmArguments()),
                  load.processLimitBytes() == 0 ? "–" : ByteSize.format(load.processLimitBytes())));
        }
      }
    }
    body.append(arguments.toHtml(4)).append("</details>\n");
  }

  private void soft(String text) {
    body.append("<p class=\"soft\">").append(Html.escape(text)).append("</p>\n");
  }

  private static boolean isOurs(String id) {
    Engine engine = Engine.ofId(id);
    return engine != null && engine.isOurs();
  }
}
