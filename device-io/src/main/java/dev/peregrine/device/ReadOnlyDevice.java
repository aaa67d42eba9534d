package dev.peregrine.device;

import dev.peregrine.device.segment.Poison;
import dev.peregrine.device.segment.RequestTable;
import dev.peregrine.device.segment.Segment;
import dev.peregrine.device.segment.SegmentTable;
import dev.peregrine.device.segment.SegmentedDevice;
import dev.peregrine.device.segment.SegmentedQueue;
import dev.peregrine.device.segment.TransferChecks;
import dev.peregrine.posix.DirectFile;
import dev.peregrine.posix.Errno;
import dev.peregrine.posix.ErrnoException;
import dev.peregrine.posix.NativeCall;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The segments of a device as they are, for looking at: read through the page cache by the thread
 * that asks. It refuses writes and growth. A file that is too short ends early. Any thread may call
 * any method.
 */
final class ReadOnlyDevice extends SegmentedDevice {
  private static final String REFUSED = "the device is opened to be read only";

  private final long segmentMask;

  /**
   * @param path directory and common name of the segments
   * @param segmentBytes their length
   */
  ReadOnlyDevice(Path path, long segmentBytes) {
    super(
        new Segments(path, segmentBytes),
        TransferChecks.MIN_SECTOR_BYTES,
        path.toString(),
        new Poison());
    segmentMask = segmentBytes - 1;
  }

  @Override
  protected SegmentedQueue createQueue(int depth, QueueMode mode) {
    return new ReadQueue(depth, mode);
  }

  @Override
  public String describe() {
    return path() + ", read only";
  }

  private final class ReadQueue extends ImmediateQueue {
    private final RequestTable table = table();

    ReadQueue(int depth, QueueMode mode) {
      super(ReadOnlyDevice.this, depth, mode);
    }

    @Override
    void carryOut(int slot) {
      if (table.isWrite(slot)) {
        fail(slot, failure(slot, Errno.EPERM, REFUSED));
        return;
      }
      DirectFile file = ((OpenFile) table.segment(slot)).file;
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment errno = NativeCall.allocateErrno(arena);
        int done = 0;
        while (done < table.bytes(slot)) {
          long fileOffset = (table.deviceOffset(slot) & segmentMask) + done;
          long result =
              file.pread(errno, table.address(slot) + done, table.bytes(slot) - done, fileOffset);
          if (result < 0 && !Errno.isTransient((int) -result)) {
            table.setErrno(slot, (int) -result);
            return;
          }
          if (result == 0) {
            break;
          }
          done += (int) Math.max(0, result);
        }
        table.setDone(slot, done);
      }
    }
  }

  private static final class OpenFile extends Segment {
    private final Path path;
    private final DirectFile file;

    OpenFile(long number, Path path, DirectFile file) {
      super(number);
      this.path = path;
      this.file = file;
    }

    @Override
    public String path() {
      return path.toString();
    }

    @Override
    protected void dispose() {
      file.close();
    }
  }

  /** The files, from the first on to the last before a gap. */
  private static final class Segments extends SegmentTable {
    private static final Pattern NUMBER = Pattern.compile("[0-9]{9,18}");

    private final Path path;

    Segments(Path path, long segmentBytes) {
      super(segmentBytes);
      this.path = path;
      List<Long> numbers = numbers();
      List<Segment> segments = new ArrayList<>();
      for (long number : numbers) {
        if (number != numbers.getFirst() + segments.size()) {
          break;
        }
        segments.add(open(number));
      }
      adopt(segments.isEmpty() ? 0 : numbers.getFirst(), segments.toArray(Segment[]::new));
    }

    private List<Long> numbers() {
      String prefix = path.getFileName() + ".";
      List<Long> numbers = new ArrayList<>();
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(path.getParent())) {
        for (Path entry : entries) {
          String file = entry.getFileName().toString();
          if (file.startsWith(prefix)
              && NUMBER.matcher(file.substring(prefix.length())).matches()) {
            numbers.add(Long.parseLong(file.substring(prefix.length())));
          }
        }
      } catch (IOException e) {
        throw new DeviceException("open", path.toString(), -1, 0, e.toString());
      }
      numbers.sort(null);
      return numbers;
    }

    private Segment open(long number) {
      Path file = path.resolveSibling(String.format("%s.%09d", path.getFileName(), number));
      try {
        return new OpenFile(number, file, DirectFile.openToRead(file));
      } catch (ErrnoException e) {
        throw new DeviceException("open", file.toString(), -1, e.errno(), e.getMessage());
      }
    }

    @Override
    protected Segment create(long number) {
      throw new DeviceException("create", path.toString(), -1, Errno.EPERM, REFUSED);
    }

    @Override
    protected void publishCreated() {}

    @Override
    protected void remove(Segment[] segments) {
      throw new DeviceException("truncate", path.toString(), -1, Errno.EPERM, REFUSED);
    }
  }
}
