package dev.peregrine.device;

import dev.peregrine.device.segment.Segment;
import dev.peregrine.device.segment.SegmentTable;
import dev.peregrine.posix.Errno;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The segments of a simulated device: names {@code NAME.000000000} and so on of one directory, that
 * come and go durably. Opening refuses what real files refuse: a gap, another length.
 *
 * <p>Any thread may call any method; it takes the machine's monitor.
 */
final class SimulatedSegments extends SegmentTable {
  private static final Pattern NUMBER = Pattern.compile("[0-9]{9,18}");

  private final SimulatedMachine machine;
  private final SimulatedDirectory directory;
  private final String name;
  private final String path;

  /** The end of what was ever written; guarded by the machine. */
  private long writtenEnd;

  /**
   * The segments that are there.
   *
   * @param path the device's, for messages; its last name is the segments'
   */
  SimulatedSegments(
      long segmentBytes, SimulatedMachine machine, SimulatedDirectory directory, VolumePath path) {
    super(segmentBytes);
    this.machine = machine;
    this.directory = directory;
    this.name = path.name();
    this.path = path.toString();
    synchronized (machine) {
      adoptExisting();
    }
  }

  private void adoptExisting() {
    List<Piece> pieces = new ArrayList<>();
    for (Map.Entry<String, SimulatedNode> entry : directory.visible.entrySet()) {
      String file = entry.getKey();
      if (!file.startsWith(name + ".")) {
        continue;
      }
      String number = file.substring(name.length() + 1);
      if (NUMBER.matcher(number).matches() && file.equals(nameOf(Long.parseLong(number)))) {
        pieces.add(existing(Long.parseLong(number), entry.getValue()));
      }
    }
    if (pieces.isEmpty()) {
      return;
    }
    pieces.sort((a, b) -> Long.compare(a.number(), b.number()));
    long first = pieces.getFirst().number();
    for (int i = 0; i < pieces.size(); i++) {
      if (pieces.get(i).number() != first + i) {
        throw refused(first + i, "the segment is missing, though later ones are there");
      }
      writtenEnd = Math.max(writtenEnd, pieces.get(i).bytes.writtenEnd());
    }
    adopt(first, pieces.toArray(new Segment[0]));
  }

  private Piece existing(long number, SimulatedNode node) {
    if (!(node instanceof SimulatedSegment segment)) {
      throw refused(number, "it is no segment");
    }
    if (segment.bytes() != segmentBytes()) {
      throw refused(
          number,
          "it has " + segment.bytes() + " bytes, but segments have " + segmentBytes() + " bytes");
    }
    return new Piece(number, segment);
  }

  private DeviceException refused(long number, String reason) {
    return new DeviceException("open", path + " segment " + number, -1, 0, reason);
  }

  private String nameOf(long number) {
    return String.format("%s.%09d", name, number);
  }

  /** The bytes of a segment of such a table. */
  static SimulatedSegment bytesOf(Segment segment) {
    return ((Piece) segment).bytes;
  }

  /** The end of what was ever written; the caller holds the machine's monitor. */
  long writtenEnd() {
    return writtenEnd;
  }

  /** Notes what was written; the caller holds the machine's monitor. */
  void extendWritten(long end) {
    writtenEnd = Math.max(writtenEnd, end);
  }

  @Override
  protected Segment create(long number) {
    synchronized (machine) {
      machine.requirePower("create", path);
      if (directory.visible.containsKey(nameOf(number))) {
        String reason = "the file to create is there already";
        throw new DeviceException("create", path, number * segmentBytes(), Errno.EEXIST, reason);
      }
      machine.requireSpace(segmentBytes(), "create", path, number * segmentBytes());
      machine.requirePass("create", path);
      SimulatedSegment bytes = new SimulatedSegment(name, segmentBytes());
      machine.tree().createDurably(directory, nameOf(number), bytes);
      return new Piece(number, bytes);
    }
  }

  @Override
  protected void publishCreated() {}

  @Override
  protected void remove(Segment[] segments) {
    synchronized (machine) {
      for (Segment segment : segments) {
        machine.requirePass("truncate", path);
        machine.tree().deleteDurably(directory, nameOf(segment.number()));
      }
    }
  }

  /** A segment; who holds it after it was removed still reads and writes its bytes. */
  private final class Piece extends Segment {
    private final SimulatedSegment bytes;

    Piece(long number, SimulatedSegment bytes) {
      super(number);
      this.bytes = bytes;
    }

    @Override
    public String path() {
      return path;
    }

    @Override
    protected void sync() {
      synchronized (machine) {
        machine.requirePower("sync", path);
        if (!bytes.hasUnsynced()) {
          return;
        }
        machine.requirePass("sync", path);
        if (machine.faults().failsSync()) {
          bytes.failSync(machine.faults());
          long from = number() * segmentBytes();
          throw new DeviceException("sync", path, from, Errno.EIO, Errno.words(Errno.EIO));
        }
        bytes.sync();
      }
    }

    @Override
    protected void dispose() {}
  }
}
