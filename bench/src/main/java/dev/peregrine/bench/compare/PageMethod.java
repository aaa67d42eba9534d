package dev.peregrine.bench.compare;

import dev.peregrine.bench.Figures;
import java.util.List;

/** How it was measured, for those who read the page. */
final class PageMethod {
  private PageMethod() {}

  static String toHtml(CompareReport report) {
    ComparePlan plan = report.plan();
    List<String> points =
        List.of(
            "YCSB's core workloads: A is half reads and half blind writes, B 95 % reads, C reads"
                + " only, F half reads and half atomic increments of the value's first 8 bytes.",
            "8-byte keys scattered over all 64 bits; zipf is YCSB's scrambled one with 0.99. All"
                + " engines are asked for the same keys, drawn beforehand into a file that each"
                + " process maps.",
            "Each engine has a JVM of its own for each set of data, so none spoils another's code"
                + " or"
                + " heap. %d repetitions of %s s go from engine to engine, every other one in the"
                    .formatted(plan.repetitions(), Figures.decimal(plan.seconds(), 1))
                + " opposite order; figures are medians, a ratio is the median of the repetitions'"
                + " ratios.",
            "Latencies are of some of the same operations, one of so many that reading the clock"
                + " takes about 1 % of the time; a percentile is told if ten samples lie above it."
                + " An"
                + " operation of Peregrine that waits for the disk overlaps with up to %d others of"
                    .formatted(plan.pendingDepth() - 1)
                + " its session, and its latency ends when its outcome has been delivered.",
            "Each read checks every byte of the value against its key; one wrong value fails the"
                + " engine. After loading, all threads increment the same few keys, and none may be"
                + " lost.",
            "Memory is what the heap holds after a collection and what the process has resident"
                + " outside of it; disk is what files have allocated.",
            "Where memory is limited, engines are loaded without a limit; then processes that use"
                + " the operating system's file cache run in a control group that counts it: what"
                + " the process takes besides pages of files, and on top the budget and 8 MiB if"
                + " such pages are the engine's cache, or 32 MiB if its cache is on the heap."
                + " Mapped files are advised MADV_RANDOM, since a disk's read-ahead would evict"
                + " them all the time. RocksDB and Peregrine by-pass that cache. Here: "
                + report.machine().memoryLimits()
                + (report.machine().memoryLimits().equals("control group")
                    ? "."
                    : "; so the file cache was not limited, and the figures of Chronicle Map,"
                        + " MapDB, MVStore, LMDB and Berkeley DB JE are those of data in"
                        + " memory."),
            "No engine syncs its files while it is measured, and none is asked for durability.");
    StringBuilder html = new StringBuilder("<h2>How it was measured</h2>\n<ul>\n");
    points.forEach(point -> html.append("<li>").append(Html.escape(point)).append("</li>\n"));
    return html.append("</ul>\n").toString();
  }
}
