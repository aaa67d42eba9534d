package dev.peregrine.log;

import dev.peregrine.CorruptionException;
import dev.peregrine.device.DeviceKind;
import dev.peregrine.device.Volume;
import dev.peregrine.device.Volumes;
import dev.peregrine.internal.log.Anchor;
import dev.peregrine.internal.log.EntryCursor;
import dev.peregrine.internal.log.LogFormat;
import dev.peregrine.internal.log.StoredLog;
import dev.peregrine.internal.record.NativeValue;
import dev.peregrine.memory.Alignment;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.function.LongConsumer;

/**
 * Looks at a log without opening it: it takes no lock, and creates and changes nothing, but for
 * {@link #repair} and {@link #migrate}. What a writer does meanwhile may be seen in part. One
 * thread at a time.
 */
public final class LogInspector implements AutoCloseable {
  private final Volume volume;
  private final StoredLog log;

  private LogInspector(Volume volume) {
    this.volume = volume;
    try {
      this.log = StoredLog.open(volume);
    } catch (RuntimeException | Error e) {
      volume.close();
      throw e;
    }
  }

  /** A consumer. */
  public record ConsumerInfo(String name, long address, boolean holdsTruncation) {}

  /** A range of addresses. */
  public record Range(long start, long end) {}

  /**
   * What a log says of itself.
   *
   * @param id its number
   * @param formatVersion of its files
   * @param pageBytes the most that is written at once
   * @param segmentBytes length of its files
   * @param generation how often it was opened to be written
   * @param begin its first address
   * @param mark up to where it is known to be durable without looking
   * @param end where the last commit ends
   * @param commitNumber its number
   * @param uncommittedBytes what lies behind and will be dropped
   * @param dropped what {@code truncateAfter} dropped
   * @param consumers and where they are
   * @param fileBytes what its segments take
   * @param problems what is wrong and can be made good
   */
  public record Info(
      long id,
      int formatVersion,
      int pageBytes,
      long segmentBytes,
      int generation,
      long begin,
      long mark,
      long end,
      long commitNumber,
      long uncommittedBytes,
      List<Range> dropped,
      List<ConsumerInfo> consumers,
      long fileBytes,
      List<String> problems) {}

  /**
   * What verifying found.
   *
   * @param extents that are good
   * @param commits of them that end a commit
   * @param entries that are readable
   * @param entryBytes of these
   * @param damagedAt the address of the first damage, −1 if there is none
   * @param reason what is wrong there, or null
   */
  public record Verification(
      long extents, long commits, long entries, long entryBytes, long damagedAt, String reason) {}

  /**
   * What a repair did.
   *
   * @param damagedAt the address of the first damage, −1 if there was none and nothing was done
   * @param end where the log ends now
   * @param lostBytes how much of the committed log lay behind, as far as is known
   * @param backups the files in the log's directory that what was cut has been copied to
   */
  public record Repair(long damagedAt, long end, long lostBytes, List<String> backups) {}

  /**
   * What a migration did.
   *
   * @param from the version of the format that the log had
   * @param to the one that it has
   * @param changed false if there was nothing to do
   * @param entries that are in it
   */
  public record Migration(int from, int to, boolean changed, long entries) {}

  /**
   * Opens the files of a log to look at them.
   *
   * @throws CorruptionException if there is no log, or nothing that tells what it is
   */
  public static LogInspector open(Path directory) {
    return of(Volumes.openToRead(directory));
  }

  /** As {@link #open}, of a volume, which it closes. */
  static LogInspector of(Volume toLookAt) {
    return new LogInspector(toLookAt);
  }

  /**
   * What the log says of itself.
   *
   * @throws CorruptionException if its end can't be told
   */
  public Info info() {
    log.findEnd();
    Anchor anchor = log.anchor();
    long[] starts = anchor.voids().starts();
    long[] ends = anchor.voids().ends();
    Range[] dropped = new Range[starts.length];
    for (int i = 0; i < dropped.length; i++) {
      dropped[i] = new Range(starts[i], ends[i]);
    }
    return new Info(
        anchor.identity().storeId(),
        anchor.version(),
        anchor.pageBytes(),
        anchor.segmentBytes(),
        anchor.identity().generation(),
        anchor.begin(),
        log.durableUntil(),
        log.end(),
        log.commit(),
        log.droppedBytes(),
        List.of(dropped),
        log.consumers().stream()
            .map(each -> new ConsumerInfo(each.name(), each.address(), each.holds()))
            .toList(),
        log.deviceEnd() - log.deviceBegin(),
        List.copyOf(log.problems()));
  }

  /**
   * Checks every byte that is committed, and that every entry can be read.
   *
   * @param progress hears how far it is, as an address
   */
  public Verification verify(LongConsumer progress) {
    long[] counts = new long[2];
    try {
      log.findEnd();
      long bad =
          log.walk(
              log.end(),
              (address, bytes, generation, commitNumber) -> {
                counts[0]++;
                counts[1] += commitNumber > 0 ? 1 : 0;
                progress.accept(address + bytes);
              });
      if (bad < log.end()) {
        return new Verification(
            counts[0], counts[1], 0, 0, bad, "the extent at address " + bad + " is damaged");
      }
    } catch (CorruptionException e) {
      long bad = log.walk(log.deviceEnd(), (address, bytes, generation, commitNumber) -> {});
      return new Verification(counts[0], counts[1], 0, 0, bad, e.getMessage());
    }
    long entries = 0;
    long entryBytes = 0;
    try (EntryCursor cursor = log.newCursor()) {
      try {
        while (cursor.next(log.end())) {
          entries++;
          entryBytes += cursor.length();
        }
      } catch (CorruptionException e) {
        return new Verification(
            counts[0], counts[1], entries, entryBytes, cursor.position(), e.getMessage());
      }
    }
    return new Verification(counts[0], counts[1], entries, entryBytes, -1, null);
  }

  /**
   * Shows the entries that are committed.
   *
   * @param fromAddress where the first begins, or 0 for the beginning of the log
   * @param most how many at most
   * @param visitor takes them
   * @return how many it was
   */
  public long read(long fromAddress, long most, EntryVisitor visitor) {
    log.findEnd();
    NativeValue view = new NativeValue();
    long count = 0;
    try (EntryCursor cursor = log.newCursor()) {
      if (fromAddress > log.begin()) {
        cursor.seek(fromAddress, log.end());
      }
      while (count < most && cursor.next(log.end())) {
        visitor.onEntry(cursor.address(), view.set(cursor.at(), (int) cursor.length()));
        view.clear();
        count++;
      }
    }
    return count;
  }

  /**
   * Cuts a damaged log off at the end of the last commit before the damage. Committed entries are
   * lost by it. What is cut off is copied to files in the log's directory before.
   *
   * @param directory of the log, which nobody may have open
   * @throws CorruptionException if the log is too damaged for that
   */
  public static Repair repair(Path directory) {
    return repair(Volumes.open(directory, DeviceKind.PREAD));
  }

  /** As {@link #repair(Path)}, of a volume, which it closes. */
  static Repair repair(Volume toRepair) {
    try (LogInspector inspector = new LogInspector(toRepair)) {
      return inspector.repair();
    }
  }

  private Repair repair() {
    Verification found = verify(address -> {});
    if (found.damagedAt() < 0) {
      return new Repair(-1, log.end(), 0, List.of());
    }
    TreeMap<Long, Long> commits = new TreeMap<>();
    commits.put(Alignment.down(log.begin(), log.pageBytes()), 0L);
    log.walk(
        found.damagedAt(),
        (address, bytes, generation, commitNumber) -> {
          if (commitNumber > 0 && address + bytes <= found.damagedAt()) {
            commits.clear();
            commits.put(address + bytes, commitNumber);
          }
        });
    long end = commits.lastKey();
    long known = Math.max(log.end(), Math.max(log.durableUntil(), found.damagedAt()));
    List<String> backups = log.cutAt(end, commits.get(end));
    return new Repair(found.damagedAt(), end, known - end, backups);
  }

  /**
   * Brings a log to the latest version of the format, after every byte of it has been checked.
   * Entries, addresses, consumers and truncations stay as they are; what is not committed is
   * dropped when the log is opened next, as always. If it does not come to its end, the log is of
   * the one version or of the other, and it can be called again. Earlier releases can't open the
   * log afterwards.
   *
   * @param directory of the log, which nobody may have open
   * @param progress hears how far the check is, as an address
   * @throws CorruptionException if the log is damaged: repair it before
   */
  public static Migration migrate(Path directory, LongConsumer progress) {
    return migrate(Volumes.open(directory, DeviceKind.PREAD), progress);
  }

  /** As {@link #migrate(Path, LongConsumer)}, of a volume, which it closes. */
  static Migration migrate(Volume toMigrate, LongConsumer progress) {
    try (LogInspector inspector = new LogInspector(toMigrate)) {
      Verification found = inspector.verify(progress);
      if (found.damagedAt() >= 0) {
        throw new CorruptionException(
            "the log was not migrated, since it is damaged: " + found.reason());
      }
      int from = inspector.log.anchor().version();
      boolean changed = inspector.log.convert();
      return new Migration(from, LogFormat.LATEST, changed, found.entries());
    }
  }

  @Override
  public void close() {
    log.close();
    volume.close();
  }
}
