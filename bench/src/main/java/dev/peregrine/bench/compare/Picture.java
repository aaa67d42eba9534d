package dev.peregrine.bench.compare;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.mozilla.javascript.Context;
import org.mozilla.javascript.ContextFactory;
import org.mozilla.javascript.ScriptableObject;

/** Draws charts without a browser: runs the plotting library's own renderer for servers. */
final class Picture {
  /** What the library expects of its surroundings and does not use to draw a still picture. */
  private static final String SURROUNDINGS =
      "var self = this; function setTimeout() { return 0; } function clearTimeout() {}";

  private static final String DRAW =
      "var chart = echarts.init(null, null, {renderer: 'svg', ssr: true, width: width, height:"
          + " height}); chart.setOption(JSON.parse(option)); chart.renderToSVGString();";

  private Picture() {}

  /** The plotting library. */
  static String script() throws IOException {
    String version = CompareBench.versions().getProperty("echarts");
    String path = "/META-INF/resources/webjars/echarts/" + version + "/dist/echarts.min.js";
    try (InputStream in = Picture.class.getResourceAsStream(path)) {
      if (in == null) {
        throw new IOException("the class path has no " + path);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** An SVG document. */
  static String svg(Map<String, Object> option, int width, int height) throws IOException {
    try (Context context = new ContextFactory().enterContext()) {
      context.setInterpretedMode(true); // it runs once
      context.setLanguageVersion(Context.VERSION_ES6);
      ScriptableObject scope = context.initSafeStandardObjects();
      context.evaluateString(scope, SURROUNDINGS, "surroundings", 1, null);
      context.evaluateString(scope, script(), "echarts", 1, null);
      scope.put("option", scope, Json.LINES.writeValueAsString(option));
      scope.put("width", scope, width);
      scope.put("height", scope, height);
      return Context.toString(context.evaluateString(scope, DRAW, "draw", 1, null));
    }
  }
}
