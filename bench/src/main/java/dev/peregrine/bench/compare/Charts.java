package dev.peregrine.bench.compare;

import dev.peregrine.bench.Distribution;
import dev.peregrine.bench.Workload;
import dev.peregrine.bench.compare.CompareReport.CellResult;
import dev.peregrine.bench.compare.CompareReport.Latency;
import dev.peregrine.bench.compare.CompareReport.LoadResult;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The figures as options of the plotting library, ECharts: trees of maps and lists. */
final class Charts {
  private static final MathContext THREE_DIGITS = new MathContext(3);
  private static final double OPS_UNIT = 1e3;
  private static final double NANOS_PER_MICRO = 1e3;
  private static final String OURS = "#c2410c";
  private static final List<String> COLORS =
      List.of(
          "#2563eb", "#0d9488", "#7c3aed", "#65a30d", "#0ea5e9", "#a16207", "#475569", "#db2777",
          "#15803d", "#9333ea", "#64748b");

  private final CompareReport report;
  private final Findings findings;

  Charts(CompareReport report) {
    this.report = report;
    this.findings = new Findings(report);
  }

  /** Throughput of all engines by workload. */
  Map<String, Object> throughput(Stage stage, Distribution distribution, int threads) {
    List<Workload> workloads = report.plan().workloads();
    List<Map<String, Object>> series = new ArrayList<>();
    List<Double> all = new ArrayList<>();
    for (String family : findings.families()) {
      List<Object> values = new ArrayList<>();
      for (Workload workload : workloads) {
        CellResult result = best(stage, workload, distribution, threads, family);
        values.add(result == null ? null : rounded(result.medianOpsPerSecond() / OPS_UNIT));
        if (result != null) {
          all.add(result.medianOpsPerSecond() / OPS_UNIT);
        }
      }
      if (values.stream().anyMatch(value -> value != null)) {
        series.add(bars(family, values));
      }
    }
    String title =
        "%s, %d %s".formatted(distribution.label(), threads, threads == 1 ? "thread" : "threads");
    Map<String, Object> option = frame(title, series);
    option.put("xAxis", category(workloads.stream().map(Workload::name).toList()));
    option.put("yAxis", logAxis("thousand operations/s", all));
    return option;
  }

  private CellResult best(
      Stage stage, Workload workload, Distribution distribution, int threads, String family) {
    Cell cell = new Cell(stage.residency(), stage.valueBytes(), workload, distribution, threads);
    return findings.best(cell, family);
  }

  /** Latency percentiles of all engines in one cell. */
  Map<String, Object> latency(Cell cell) {
    List<Map<String, Object>> series = new ArrayList<>();
    List<Double> all = new ArrayList<>();
    for (String family : findings.families()) {
      CellResult result = findings.best(cell, family);
      if (result == null) {
        continue;
      }
      Latency latency = result.latency();
      List<Object> values = new ArrayList<>();
      for (long nanos :
          new long[] {
            latency.p50(), latency.p90(), latency.p99(), latency.p999(), latency.p9999()
          }) {
        values.add(nanos == 0 ? null : rounded(nanos / NANOS_PER_MICRO));
        if (nanos != 0) {
          all.add(nanos / NANOS_PER_MICRO);
        }
      }
      Map<String, Object> line = bars(family, values);
      line.put("type", "line");
      series.add(line);
    }
    String title =
        "latency, %s %s, %d %s"
            .formatted(
                cell.workload(),
                cell.distribution().label(),
                cell.threads(),
                cell.threads() == 1 ? "thread" : "threads");
    Map<String, Object> option = frame(title, series);
    option.put("xAxis", category(List.of("p50", "p90", "p99", "p99.9", "p99.99")));
    option.put("yAxis", logAxis("µs", all));
    return option;
  }

  /** What a record takes in all engines. */
  Map<String, Object> sizes(Stage stage) {
    List<String> names = new ArrayList<>();
    List<Object> heap = new ArrayList<>();
    List<Object> other = new ArrayList<>();
    List<Object> disk = new ArrayList<>();
    for (String family : findings.families()) {
      LoadResult load = findings.load(stage, family);
      if (load != null) {
        names.add(findings.title(family));
        heap.add(rounded(load.heapBytesPerRecord()));
        other.add(rounded(load.nativeBytesPerRecord()));
        disk.add(rounded(load.diskBytesPerRecord()));
      }
    }
    List<Map<String, Object>> series =
        List.of(
            stacked("heap", "memory", "#f59e0b", heap),
            stacked(
                "memory outside of the heap, mapped files included", "memory", "#2563eb", other),
            stacked("disk", "disk", "#94a3b8", disk));
    Map<String, Object> option = frame("bytes a record, after loading", series);
    Map<String, Object> axis = category(names);
    axis.put("axisLabel", Map.of("interval", 0, "rotate", 20, "fontSize", 10));
    option.put("xAxis", axis);
    option.put("yAxis", Map.of("type", "value", "name", "bytes"));
    return option;
  }

  /** The picture of it all: throughput by workload, for each residency. */
  Map<String, Object> overview() {
    List<Stage> stages = overviewStages();
    List<Distribution> distributions = report.plan().distributions();
    Distribution distribution =
        distributions.contains(Distribution.ZIPF) ? Distribution.ZIPF : distributions.getFirst();
    int threads = report.plan().maxThreads();
    List<Object> titles = new ArrayList<>();
    List<Object> grids = new ArrayList<>();
    List<Object> xAxes = new ArrayList<>();
    List<Object> yAxes = new ArrayList<>();
    List<Map<String, Object>> series = new ArrayList<>();
    double width = 100.0 / stages.size();
    for (int i = 0; i < stages.size(); i++) {
      Map<String, Object> one = throughput(stages.get(i), distribution, threads);
      Map<String, Object> title = new LinkedHashMap<>();
      title.put("text", stages.get(i).title());
      title.put(
          "subtext",
          "YCSB %s, %d threads; thousand operations/s, logarithmic"
              .formatted(distribution.label(), threads));
      title.put("left", width * i + width / 2 + "%");
      title.put("top", 10);
      title.put("textAlign", "center");
      title.put("textStyle", Map.of("fontSize", 15));
      titles.add(title);
      grids.add(
          Map.of("left", width * i + 6 + "%", "width", width - 8 + "%", "top", 80, "bottom", 90));
      xAxes.add(with(one.get("xAxis"), "gridIndex", i));
      yAxes.add(with(with(one.get("yAxis"), "gridIndex", i), "name", ""));
      for (Object bars : (List<?>) one.get("series")) {
        series.add(with(with(bars, "xAxisIndex", i), "yAxisIndex", i));
      }
    }
    Map<String, Object> option = frame("", series);
    option.put("title", titles);
    option.put("grid", grids);
    option.put("xAxis", xAxes);
    option.put("yAxis", yAxes);
    option.put("backgroundColor", "#ffffff");
    return option;
  }

  /** The longest values of each residency. */
  private List<Stage> overviewStages() {
    Map<Object, Stage> stages = new LinkedHashMap<>();
    for (Stage stage : findings.stages()) {
      stages.merge(stage.residency(), stage, (a, b) -> a.valueBytes() >= b.valueBytes() ? a : b);
    }
    return List.copyOf(stages.values());
  }

  private static Map<String, Object> with(Object tree, String name, Object value) {
    Map<String, Object> copy = new LinkedHashMap<>();
    ((Map<?, ?>) tree).forEach((key, old) -> copy.put((String) key, old));
    copy.put(name, value);
    return copy;
  }

  private Map<String, Object> bars(String family, List<Object> values) {
    Map<String, Object> bars = new LinkedHashMap<>();
    bars.put("name", findings.title(family));
    bars.put("type", "bar");
    bars.put("data", values);
    bars.put("itemStyle", Map.of("color", color(family)));
    return bars;
  }

  private String color(String family) {
    int index = findings.families().indexOf(family);
    return index == 0 ? OURS : COLORS.get((index - 1) % COLORS.size());
  }

  private static Map<String, Object> stacked(
      String name, String stack, String color, List<Object> values) {
    Map<String, Object> bars = new LinkedHashMap<>();
    bars.put("name", name);
    bars.put("type", "bar");
    bars.put("stack", stack);
    bars.put("data", values);
    bars.put("itemStyle", Map.of("color", color));
    return bars;
  }

  private static Map<String, Object> frame(String title, List<Map<String, Object>> series) {
    Map<String, Object> option = new LinkedHashMap<>();
    option.put("animation", false);
    option.put(
        "title", Map.of("text", title, "left", "center", "textStyle", Map.of("fontSize", 14)));
    option.put("tooltip", Map.of("trigger", "axis", "order", "valueDesc", "confine", true));
    option.put("legend", Map.of("bottom", 4, "itemWidth", 14, "textStyle", Map.of("fontSize", 11)));
    option.put("grid", Map.of("left", 64, "right", 20, "top", 56, "bottom", 92));
    option.put("series", series);
    return option;
  }

  private static Map<String, Object> category(List<String> names) {
    Map<String, Object> axis = new LinkedHashMap<>();
    axis.put("type", "category");
    axis.put("data", names);
    return axis;
  }

  /** From the power of ten below all values, so that the least has a bar, too. */
  private static Map<String, Object> logAxis(String name, List<Double> values) {
    double least = values.stream().min(Double::compare).orElse(1.0);
    Map<String, Object> axis = new LinkedHashMap<>();
    axis.put("type", "log");
    axis.put("name", name);
    axis.put("min", Math.pow(10, Math.ceil(Math.log10(least)) - 1));
    return axis;
  }

  private static Object rounded(double value) {
    return new BigDecimal(value).round(THREE_DIGITS).doubleValue();
  }
}
