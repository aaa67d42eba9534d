package dev.peregrine.device.segment;

import dev.peregrine.device.DeviceException;
import dev.peregrine.posix.DirectFile;
import dev.peregrine.posix.Errno;
import dev.peregrine.posix.ErrnoException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Segments as files {@code NAME.000000000}, {@code NAME.000000001} … of one directory.
 *
 * <p>A file gets its name only when it has its full length: it is made as {@code *.new},
 * preallocated, synced and renamed, so that whatever carries a segment's name after a crash is
 * whole. Files go in ascending order. On opening, a gap, a symbolic link, a special file or a wrong
 * length is refused; nothing is repaired. It does not lock the directory: its user does.
 */
public final class SegmentFiles extends SegmentTable {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}");
  private static final String NUMBER_FORMAT = "%s.%09d";
  private static final Pattern NUMBER = Pattern.compile("[0-9]{9,18}");
  private static final String UNFINISHED = ".new";
  private static final String PROBE = "probe";

  private final Path directory;
  private final String name;
  private final boolean direct;
  private final Poison poison;
  private final int sectorBytes;
  private volatile boolean buffered;

  private SegmentFiles(
      Path directory, String name, long segmentBytes, boolean direct, Poison poison) {
    super(segmentBytes);
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("name \"" + name + "\" is not " + NAME);
    }
    this.directory = directory.toAbsolutePath();
    this.name = name;
    this.direct = direct;
    this.poison = poison;
    prepareDirectory();
    removeUnfinished();
    this.sectorBytes = probeSector();
    adoptExisting();
  }

  /**
   * Opens the segments in a directory, which is made if it is missing.
   *
   * @throws DeviceException naming the file that is refused
   */
  public static SegmentFiles open(
      Path directory, String name, long segmentBytes, boolean direct, Poison poison) {
    return new SegmentFiles(directory, name, segmentBytes, direct, poison);
  }

  /** The path of all segments, for people. */
  public String path() {
    return directory.resolve(name).toString();
  }

  /** The alignment that the file system asks for. */
  public int sectorBytes() {
    return sectorBytes;
  }

  /** Whether the files are read and written past the page cache. */
  public boolean isDirect() {
    return direct && !buffered;
  }

  /** How the files are accessed, in words; tells when the file system refused O_DIRECT. */
  public String access() {
    return isDirect()
        ? "direct"
        : direct ? "buffered, because the file system refuses O_DIRECT" : "buffered";
  }

  private void prepareDirectory() {
    try {
      if (!Files.isDirectory(directory)) {
        Files.createDirectories(
            directory,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        syncDirectory(directory.getParent());
      }
    } catch (IOException e) {
      throw failure("open", directory, e);
    }
  }

  /** Asks a file without contents, because what O_DIRECT needs is only known of a file. */
  private int probeSector() {
    Path path = directory.resolve(name + "." + PROBE + UNFINISHED);
    try (DirectFile file = DirectFile.create(path, direct)) {
      buffered = !file.isDirect();
      return file.alignment();
    } catch (ErrnoException e) {
      throw failure("open", path, e);
    } finally {
      deleteQuietly(path);
    }
  }

  private void removeUnfinished() {
    for (Path path : list(UNFINISHED)) {
      String file = path.getFileName().toString();
      String part = file.substring(name.length() + 1, file.length() - UNFINISHED.length());
      // Other files may begin and end so, too.
      if (part.equals(PROBE) || NUMBER.matcher(part).matches()) {
        deleteQuietly(path);
      }
    }
  }

  private static void deleteQuietly(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw failure("delete", path, e);
    }
  }

  /** The files named {@code NAME.*} that end so. */
  private List<Path> list(String suffix) {
    List<Path> paths = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        String file = entry.getFileName().toString();
        if (file.startsWith(name + ".") && file.endsWith(suffix)) {
          paths.add(entry);
        }
      }
    } catch (IOException e) {
      throw failure("open", directory, e);
    }
    return paths;
  }

  private void adoptExisting() {
    List<Long> numbers = new ArrayList<>();
    for (Path path : list("")) {
      String number = path.getFileName().toString().substring(name.length() + 1);
      if (NUMBER.matcher(number).matches()
          && pathOf(Long.parseLong(number)).equals(directory.resolve(path.getFileName()))) {
        numbers.add(Long.parseLong(number));
      }
    }
    numbers.sort(Comparator.naturalOrder());
    if (numbers.isEmpty()) {
      return;
    }
    long first = numbers.getFirst();
    Segment[] segments = new Segment[numbers.size()];
    try {
      for (int i = 0; i < segments.length; i++) {
        if (numbers.get(i) != first + i) {
          throw refused(pathOf(first + i), "the segment is missing, though later ones are there");
        }
        segments[i] = openExisting(first + i);
      }
    } catch (DeviceException e) {
      for (Segment segment : segments) {
        if (segment != null) {
          segment.release();
        }
      }
      throw e;
    }
    adopt(first, segments);
  }

  private SegmentFile openExisting(long number) {
    Path path = pathOf(number);
    // Looked at before it is opened, because opening a FIFO would hang.
    if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
      throw refused(path, "it is not a regular file");
    }
    DirectFile file;
    try {
      file = DirectFile.open(path, isDirect());
    } catch (ErrnoException e) {
      throw failure("open", path, e);
    }
    if (!file.isRegular() || file.openedBytes() != segmentBytes()) {
      file.close();
      throw refused(
          path,
          "it has "
              + file.openedBytes()
              + " bytes, but segments have "
              + segmentBytes()
              + " bytes");
    }
    SegmentFile segment = new SegmentFile(number, path, file);
    // Who wrote it may have died before a sync.
    segment.markDirty();
    return segment;
  }

  private Path pathOf(long number) {
    return directory.resolve(String.format(NUMBER_FORMAT, name, number));
  }

  @Override
  protected Segment create(long number) {
    Path path = pathOf(number);
    Path unfinished = directory.resolve(path.getFileName() + UNFINISHED);
    if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      throw refused(path, Errno.EEXIST, "the file to create is there already");
    }
    DirectFile file = null;
    boolean created = false;
    try {
      file = DirectFile.create(unfinished, isDirect());
      file.preallocate(segmentBytes());
      file.sync();
      Files.move(unfinished, path, StandardCopyOption.ATOMIC_MOVE);
      created = true;
      return new SegmentFile(number, path, file);
    } catch (ErrnoException e) {
      throw failure("create", path, e);
    } catch (IOException e) {
      throw failure("create", path, e);
    } finally {
      if (!created && file != null) {
        file.close();
        deleteQuietly(unfinished);
      }
    }
  }

  @Override
  protected void publishCreated() {
    syncDirectory(directory);
  }

  @Override
  protected void remove(Segment[] segments) {
    for (Segment segment : segments) {
      Path path = pathOf(segment.number());
      try {
        Files.delete(path);
        ((SegmentFile) segment).markRemoved();
      } catch (NoSuchFileException e) {
        throw refused(path, Errno.ENOENT, "somebody else has deleted the segment");
      } catch (IOException e) {
        throw failure("truncate", path, e);
      }
    }
    syncDirectory(directory);
  }

  private void syncDirectory(Path path) {
    try {
      DirectFile.syncDirectory(path);
    } catch (ErrnoException e) {
      throw poison.poison(failure("sync", path, e));
    }
  }

  private static DeviceException refused(Path path, String reason) {
    return refused(path, 0, reason);
  }

  private static DeviceException refused(Path path, int errno, String reason) {
    return new DeviceException("open", path.toString(), -1, errno, reason);
  }

  private static DeviceException failure(String operation, Path path, ErrnoException cause) {
    return new DeviceException(operation, path.toString(), -1, cause.errno(), cause.getMessage());
  }

  private static DeviceException failure(String operation, Path path, IOException cause) {
    DeviceException failure =
        new DeviceException(operation, path.toString(), -1, 0, cause.toString());
    failure.initCause(cause);
    return failure;
  }
}
