package dev.peregrine.bench.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.core.type.TypeReference;

class PageTest {
  private static final Pattern CHART =
      Pattern.compile("<div class=\"chart[^\"]*\" id=\"([^\"]+)\"");
  private static final Pattern OPTIONS =
      Pattern.compile("<script id=\"options\"[^>]*>(.*?)</script>", Pattern.DOTALL);

  private final CompareReport report = Samples.report(2);

  private static Map<String, Map<String, Object>> options(String html) {
    Matcher options = OPTIONS.matcher(html);
    assertTrue(options.find());
    return Json.LINES.readValue(options.group(1), new TypeReference<>() {});
  }

  @Test
  void shouldHaveEachEngineAndEachCell() throws Exception {
    String html = new Page(report, null).toHtml();
    for (CompareReport.Participant engine : report.engines()) {
      assertTrue(html.contains(Html.escape(engine.title())), engine.title());
      assertTrue(html.contains(Html.escape(engine.settings())), engine.settings());
      assertTrue(html.contains(Html.escape(engine.caveats())), engine.caveats());
    }
    List<String> missing = new ArrayList<>();
    for (CompareReport.CellResult result : report.cells()) {
      String row =
          "<td class=\"text\">%s %s %dT</td><td class=\"text\">%s</td>"
              .formatted(
                  result.cell().workload(),
                  result.cell().distribution().label(),
                  result.cell().threads(),
                  Html.escape(report.participant(result.engine()).title()));
      if (!html.contains(row)) {
        missing.add(row);
      }
    }
    assertEquals(List.of(), missing);
    assertTrue(html.contains("is left out: keeps everything on the heap"));
  }

  @Test
  void shouldNeedNothingElse() throws Exception {
    String html = new Page(report, null).toHtml();
    String own = html.replace(Picture.script(), "");
    assertFalse(own.contains("http"), "refers to the network");
    assertFalse(own.contains("src="), "refers to a file");
    assertTrue(own.contains("a&lt;b"));
    assertFalse(own.contains("a<b"));
    assertTrue(html.contains("Apache"), "the library's licence");
  }

  @Test
  void shouldDrawEachOfItsCharts() throws Exception {
    String html = new Page(report, null).toHtml();
    Map<String, Map<String, Object>> options = options(html);
    List<String> ids = new ArrayList<>();
    Matcher chart = CHART.matcher(html);
    while (chart.find()) {
      ids.add(chart.group(1));
    }
    assertEquals(List.copyOf(options.keySet()), ids);
    assertEquals(1 + 2 * (1 + 2 + 1), ids.size());
    for (String id : List.of("overview", "ops-all-8-zipf-2", "latency-all-8-C", "sizes-all-8")) {
      String svg = Picture.svg(options.get(id), 900, 400);
      assertTrue(svg.startsWith("<svg"), id);
      assertTrue(svg.contains(id.startsWith("sizes") ? ">heap<" : ">ConcurrentHashMap<"), id);
    }
  }

  @Test
  void shouldCompareWithAnEarlierReport() throws Exception {
    String html = new Page(report, Samples.report(4)).toHtml();
    assertTrue(html.contains("Now and then"));
    assertTrue(html.contains("<td>0.50</td>"));
  }
}
