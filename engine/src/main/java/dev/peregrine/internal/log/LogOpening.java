package dev.peregrine.internal.log;

import dev.peregrine.CorruptionException;
import dev.peregrine.device.Device;
import dev.peregrine.device.Volume;
import dev.peregrine.internal.hlog.PageIdentity;
import dev.peregrine.memory.Alignment;
import dev.peregrine.memory.Memory;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongUnaryOperator;

/**
 * Opens a log, or makes a new one.
 *
 * <p>A new log: anchors, then segments. An old one: find its end; make the file of marks, if there
 * is none; sync the device, so that what was found is durable whoever wrote it; publish an anchor
 * with a new generation from the end on, so that what lies behind it counts no more; only then
 * write. It goes on in the version of the format that it has.
 */
public final class LogOpening {
  /** Segment files are {@code log.NNNNNNNNN}. */
  public static final String DEVICE = "log";

  private static final String SEGMENTS = DEVICE + ".";

  private LogOpening() {}

  /** A log that has been opened, and its device, which the caller closes after it. */
  public record Opened(LogCore core, Device device, FoundLog found) {}

  /**
   * Reads the anchor of a volume.
   *
   * @param problems hears what is wrong with one copy
   * @return null if there is no log
   * @throws CorruptionException if there is one, without a good anchor
   */
  public static Anchor anchor(Volume volume, List<String> problems) {
    AnchorFiles files = new AnchorFiles(volume);
    if (files.exist()) {
      return files.load(problems);
    }
    for (String name : volume.list("")) {
      if (name.startsWith(SEGMENTS)) {
        throw new CorruptionException("the log has no anchor, but a segment " + name);
      }
    }
    return null;
  }

  /** Finds what there is of a log, and changes nothing. */
  static FoundLog find(Volume volume, Device device, Anchor anchor, List<String> problems) {
    long marked = DurableMarks.find(volume, anchor, problems);
    return LogRecovery.find(device, anchor, marked, problems);
  }

  /**
   * Opens the log of a volume, and makes one if there is none.
   *
   * @param environment with the volume
   * @param fresh the sizes of a new log; of an old one, page and segment are as they were
   * @param frames gives how many pages are in memory, for a page size
   */
  public static Opened open(LogEnvironment environment, LogShape fresh, LongUnaryOperator frames) {
    Volume volume = environment.volume();
    List<String> problems = new ArrayList<>();
    Anchor anchor = anchor(volume, problems);
    if (anchor == null) {
      anchor = create(environment, fresh);
    }
    Device device = volume.openDevice(DEVICE, anchor.segmentBytes());
    DurableMarks marks = null;
    try {
      FoundLog found = nextRun(find(volume, device, anchor, problems));
      marks = DurableMarks.open(volume, found.anchor());
      begin(volume, device, found.anchor());
      LogShape shape =
          new LogShape(
              anchor.pageBits(),
              frames.applyAsLong(anchor.pageBytes()),
              anchor.segmentBytes(),
              fresh.maxEntryBytes(),
              fresh.commitBytes(),
              fresh.commitNanos());
      LogCore core = new LogCore(shape, environment, device, found);
      try {
        loadEnd(core, device, found);
      } catch (RuntimeException | Error e) {
        core.log().close();
        throw e;
      }
      core.start(marks);
      return new Opened(core, device, found);
    } catch (RuntimeException | Error e) {
      if (marks != null) {
        marks.close();
      }
      device.close();
      throw e;
    }
  }

  private static Anchor create(LogEnvironment environment, LogShape shape) {
    Anchor anchor =
        new Anchor(
            LogFormat.LATEST,
            1,
            PageIdentity.create(environment.random().getAsLong()),
            shape.pageBits(),
            shape.segmentBytes(),
            ExtentHeader.BYTES,
            0,
            0,
            VoidRanges.NONE,
            List.of());
    new AnchorFiles(environment.volume()).publish(anchor);
    return anchor;
  }

  /** What was found, for a run that goes on behind it. */
  private static FoundLog nextRun(FoundLog found) {
    Anchor anchor = found.anchor();
    long end = found.end();
    PageIdentity identity =
        anchor.identity().withRun(ExtentHeader.blockOf(end), anchor.identity().generation() + 1);
    Anchor next = anchor.next(identity, end, found.commit(), anchor.consumers());
    return new FoundLog(next, end, found.commit(), found.droppedBytes(), found.problems());
  }

  /** Makes what was found what counts. */
  private static void begin(Volume volume, Device device, Anchor anchor) {
    device.sync();
    new AnchorFiles(volume).publish(anchor);
    device.truncateBefore(Alignment.down(anchor.begin(), anchor.pageBytes()));
  }

  /** Puts the page that the end is in in memory. */
  private static void loadEnd(LogCore core, Device device, FoundLog found) {
    long end = found.end();
    long page = Alignment.down(end, core.pageBytes());
    if (end == page) {
      return;
    }
    try (ExtentReader reader = core.newExtentReader()) {
      long at = reader.read(page, end, page);
      Memory.copy(at, core.log().physical(page), end - page);
    }
  }
}
