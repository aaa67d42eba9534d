package dev.peregrine.bench.compare;

/** Text inside of a page. */
final class Html {
  private Html() {}

  /** Text as it stands between tags or in a quoted attribute. */
  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  /** JSON as it stands in a script element. */
  static String escapeJson(String json) {
    return json.replace("<", "\\u003c");
  }
}
