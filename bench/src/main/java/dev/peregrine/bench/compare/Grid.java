package dev.peregrine.bench.compare;

import dev.peregrine.bench.Table;
import java.util.ArrayList;
import java.util.List;

/** A table for the terminal and for the page; its first column is text. One thread. */
final class Grid {
  private final List<String> head;
  private final List<List<String>> rows = new ArrayList<>();
  private final List<Boolean> ours = new ArrayList<>();

  Grid(List<String> head) {
    this.head = List.copyOf(head);
  }

  /**
   * Adds a row.
   *
   * @param isOurs whether it is about our engine
   */
  void row(boolean isOurs, List<String> cells) {
    rows.add(List.copyOf(cells));
    ours.add(isOurs);
  }

  String toText() {
    Table table = new Table(head.toArray(String[]::new));
    rows.forEach(row -> table.row(row.toArray(String[]::new)));
    return table.toString();
  }

  /** The page's form; the first columns are text. */
  String toHtml(int textColumns) {
    StringBuilder html = new StringBuilder("<div class=\"scroll\"><table>\n<tr>");
    for (int i = 0; i < head.size(); i++) {
      html.append(i < textColumns ? "<th class=\"text\">" : "<th>");
      html.append(Html.escape(head.get(i))).append("</th>");
    }
    html.append("</tr>\n");
    for (int r = 0; r < rows.size(); r++) {
      html.append(ours.get(r) ? "<tr class=\"ours\">" : "<tr>");
      for (int i = 0; i < rows.get(r).size(); i++) {
        html.append(i < textColumns ? "<td class=\"text\">" : "<td>");
        html.append(Html.escape(rows.get(r).get(i))).append("</td>");
      }
      html.append("</tr>\n");
    }
    return html.append("</table></div>\n").toString();
  }
}
