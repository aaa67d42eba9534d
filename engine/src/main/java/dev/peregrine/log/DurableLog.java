package dev.peregrine.log;

import dev.peregrine.MisuseException;
import dev.peregrine.device.Device;
import dev.peregrine.device.Volume;
import dev.peregrine.device.Volumes;
import dev.peregrine.internal.log.Appends;
import dev.peregrine.internal.log.BlockBuilder;
import dev.peregrine.internal.log.ConsumerPosition;
import dev.peregrine.internal.log.FoundLog;
import dev.peregrine.internal.log.LogCore;
import dev.peregrine.internal.log.LogEnvironment;
import dev.peregrine.internal.log.LogOpening;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;

/**
 * A durable append log. Entries are of 0 bytes or more, and have addresses that grow. Any thread
 * may call any method; appending allocates nothing.
 *
 * <p><b>Commits.</b> An entry is durable once a commit that was asked for after its append has
 * ended: {@link #commitAndWait} returns then, and all entries up to there survive a power cut byte
 * for byte. Commits asked for together are made together. What is not committed may be lost in a
 * crash, from some entry on, and of a batch all or nothing. Readers see what is committed, unless
 * they ask for more.
 *
 * <p><b>Failures.</b> After a write or a sync has failed, nothing more is committed, everybody who
 * waits gets the cause, and appends are refused; what is committed can be read. Close the log and
 * open it again.
 *
 * <p><b>Addresses</b> have gaps where the log was cut; an address is what an append returned, or a
 * reader's position. They are never used twice.
 */
public final class DurableLog implements AutoCloseable {
  /** Result of a {@code try…} method: there is no space now, and nothing was appended. */
  public static final long BACK_PRESSURED = Appends.BACK_PRESSURED;

  private static final Pattern NAME =
      Pattern.compile("[A-Za-z0-9._-]{1," + ConsumerPosition.MOST_CHARS + "}");

  private final LogConfig config;
  private final LogCore core;
  private final Appends appends;
  private final Device device;
  private final Volume volume;
  private final LogRecoveryReport report;

  /** Guarded by itself. */
  private final List<LogReader> readers = new ArrayList<>();

  private int places;

  private DurableLog(LogConfig config, Volume volume, LogOpening.Opened opened) {
    this.config = config;
    this.core = opened.core();
    this.appends = core.appends();
    this.device = opened.device();
    this.volume = volume;
    FoundLog found = opened.found();
    this.report =
        new LogRecoveryReport(
            found.end(), found.commit(), found.droppedBytes(), List.copyOf(found.problems()));
  }

  /**
   * Opens a log, or makes a new one in a directory without one.
   *
   * @throws dev.peregrine.CorruptionException if committed bytes are damaged, with the address;
   *     nothing was changed
   * @throws dev.peregrine.device.DeviceException if the files can't be used, or another process has
   *     the log open
   */
  public static DurableLog open(LogConfig config) {
    return open(config, LogEnvironment.system(Volumes.open(config.directory(), config.device())));
  }

  /** As the other, in an environment; the log closes its volume, also if it can't be opened. */
  static DurableLog open(LogConfig config, LogEnvironment environment) {
    Volume volume = environment.volume();
    try {
      LogOpening.Opened opened =
          LogOpening.open(
              environment,
              LogMemory.shape(config),
              pageBytes -> LogMemory.frames(config, (int) pageBytes));
      return new DurableLog(config, volume, opened);
    } catch (RuntimeException | Error e) {
      volume.close();
      throw e;
    }
  }

  /**
   * Appends an entry; waits for space in memory if there is none.
   *
   * @param entry its bytes
   * @return its address
   * @throws dev.peregrine.StoreIoException if the log has failed
   * @throws dev.peregrine.StoreClosedException if it is closed
   * @throws IllegalArgumentException if the entry is longer than the configuration allows
   */
  public long append(MemorySegment entry) {
    return append(entry, 0, entry.byteSize());
  }

  /** As {@link #append(MemorySegment)}, of {@code length} bytes from {@code offset} on. */
  public long append(MemorySegment source, long offset, long length) {
    BlockBuilder.requireRange(source, offset, length, config.maxEntryBytes());
    return appends.append(source, offset, length, true);
  }

  /**
   * As {@link #append(MemorySegment)}, without waiting.
   *
   * @return its address, or {@link #BACK_PRESSURED}
   * @throws IllegalArgumentException also if the entry does not fit the log's memory as a whole
   */
  public long tryAppend(MemorySegment entry) {
    return tryAppend(entry, 0, entry.byteSize());
  }

  /** As {@link #tryAppend(MemorySegment)}, of {@code length} bytes from {@code offset} on. */
  public long tryAppend(MemorySegment source, long offset, long length) {
    BlockBuilder.requireRange(source, offset, length, config.maxEntryBytes());
    return appends.append(source, offset, length, false);
  }

  /**
   * Appends an entry that is written in place; waits for space in memory if there is none.
   *
   * @param length of the entry, at most {@link #maxInPlaceBytes}
   * @param writer writes it, once
   * @return its address
   */
  public long append(int length, EntryWriter writer) {
    requireInPlace(length);
    return appends.append(length, writer, true);
  }

  /** As {@link #append(int, EntryWriter)}, but {@link #BACK_PRESSURED} instead of waiting. */
  public long tryAppend(int length, EntryWriter writer) {
    requireInPlace(length);
    return appends.append(length, writer, false);
  }

  private void requireInPlace(int length) {
    if (length < 0 || length > Math.min(maxInPlaceBytes(), config.maxEntryBytes())) {
      throw new IllegalArgumentException(
          "length " + length + " is outside of 0 to " + maxInPlaceBytes());
    }
  }

  /** The longest entry that can be written in place: a quarter of a page. */
  public int maxInPlaceBytes() {
    return appends.pieceBytes();
  }

  /** An empty batch for this log. */
  public LogBatch newBatch() {
    return new LogBatch(new BlockBuilder(appends.pieceBytes(), config.maxEntryBytes()));
  }

  /**
   * Appends the entries of a batch, one behind the other; after a crash all are there or none.
   * Waits for space in memory if there is none.
   *
   * @return the address of the first
   * @throws IllegalArgumentException if the batch is empty
   */
  public long append(LogBatch batch) {
    return append(batch, true);
  }

  /**
   * As {@link #append(LogBatch)}, but {@link #BACK_PRESSURED} instead of waiting.
   *
   * @throws IllegalArgumentException also if the batch does not fit the log's memory as a whole
   */
  public long tryAppend(LogBatch batch) {
    return append(batch, false);
  }

  private long append(LogBatch batch, boolean waits) {
    if (batch.count() == 0) {
      throw new IllegalArgumentException("the batch is empty");
    }
    long address = appends.appendBlock(batch.block().address(), batch.bytes(), waits);
    if (address >= 0 && config.commitBatches()) {
      core.requests().request();
    }
    return address;
  }

  /** Has everything appended and acknowledged so far committed; returns at once. */
  public void commit() {
    requireHealthy();
    core.requests().request();
  }

  /**
   * Commits everything appended so far, and what consumers have acknowledged; returns when it is
   * durable. Waits for space in memory if there is none for that.
   *
   * @return up to where the log is committed
   * @throws dev.peregrine.StoreIoException if it can't be; then nothing more will be
   */
  public long commitAndWait() {
    requireHealthy();
    core.commitAndWait();
    return core.commits().committed();
  }

  /**
   * Has everything appended so far committed, and what consumers have acknowledged.
   *
   * @return is completed with the committed address when it is durable, or with the failure, on a
   *     thread of the log or one that waits for a commit: what depends on it must not block
   * @throws MisuseException if too many futures wait
   */
  public CompletableFuture<Long> commitAsync() {
    requireHealthy();
    return core.requests().requestFuture();
  }

  /** Waits until a commit that somebody asked for has made an entry durable. */
  public void awaitCommitted(long address) {
    core.requireOpen();
    core.commits().await(address + 1);
  }

  private void requireHealthy() {
    RuntimeException over = core.end();
    if (over != null) {
      throw over;
    }
    core.requireOpen();
  }

  /** The first address that can be read. */
  public long beginAddress() {
    return core.begin();
  }

  /** Up to where the log is durable; all committed entries lie below. */
  public long committedAddress() {
    return Math.max(core.begin(), core.commits().committed());
  }

  /** The end of the log; all entries lie below. */
  public long tailAddress() {
    return core.tail();
  }

  /** What was found when it was opened. */
  public LogRecoveryReport recoveryReport() {
    return report;
  }

  /** A reader of what is committed, at the beginning of the log. */
  public LogReader openReader() {
    return openReader(core.begin());
  }

  /**
   * A reader of what is committed.
   *
   * @param address where it begins: where an entry does, or the one before ends
   * @throws MisuseException if {@code maxReaders} are open
   */
  public LogReader openReader(long address) {
    return place(new LogReader(core, false, address, takePlace()));
  }

  /**
   * A reader of what has been appended, committed or not, which a crash may take back. Each look at
   * the tail waits for the writers that are in their entries.
   */
  public LogReader openTailReader(long address) {
    return place(new LogReader(core, true, address, takePlace()));
  }

  /**
   * Opens a consumer. One that is new begins at the beginning of the log, another one where it was.
   *
   * @param name 1 to 60 letters, digits, dots, dashes and underscores
   * @param holdsTruncation whether truncation waits for it, also while it is not open
   * @throws MisuseException if it is open, or there are too many
   */
  public LogConsumer openConsumer(String name, boolean holdsTruncation) {
    requireHealthyName(name);
    Runnable place = takePlace();
    long start;
    try {
      synchronized (core.truncation()) {
        start = core.consumers().open(name, core.begin(), holdsTruncation, core.begin());
      }
    } catch (RuntimeException | Error e) {
      place.run();
      throw e;
    }
    Runnable onClose =
        () -> {
          core.consumers().close(name);
          place.run();
        };
    return (LogConsumer) place(new LogConsumer(core, name, start, onClose));
  }

  private static void requireHealthyName(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("name \"" + name + "\" is not " + NAME);
    }
  }

  /**
   * Forgets a consumer, with the next commit.
   *
   * @return false if there is none
   * @throws MisuseException if it is open
   */
  public boolean dropConsumer(String name) {
    core.requireOpen();
    return core.consumers().drop(name);
  }

  /** The names of all consumers. */
  public List<String> consumers() {
    return core.consumers().all().stream().map(ConsumerPosition::name).toList();
  }

  /** Takes one of the places of readers; what it gives back frees it. */
  private Runnable takePlace() {
    core.requireOpen();
    synchronized (readers) {
      if (places == config.maxReaders()) {
        throw new MisuseException(places + " readers are open, all that maxReaders allows");
      }
      places++;
    }
    return () -> {
      synchronized (readers) {
        places--;
        readers.removeIf(LogReader::isClosed);
      }
    };
  }

  private LogReader place(LogReader reader) {
    synchronized (readers) {
      readers.add(reader);
    }
    return reader;
  }

  /**
   * Drops what lies below an address, durably, and gives whole segment files back. It does not pass
   * the position of a reader, nor of a consumer that holds truncation.
   *
   * @param address where an entry begins, or the last one ends; not above {@link #committedAddress}
   * @return where the log begins now
   */
  public long truncateBefore(long address) {
    core.requireOpen();
    return core.truncation().truncateBefore(address);
  }

  /**
   * Drops all entries from an address on, durably: nobody is ever shown them again. What was
   * appended before is committed by it. New entries get new addresses, behind what was dropped.
   * Waits for other writers. Consumers that are further are set back.
   *
   * @param address where an entry begins, or the last one ends
   */
  public void truncateAfter(long address) {
    core.requireOpen();
    core.truncation().truncateAfter(address);
  }

  /**
   * Commits what was appended, unless the log has failed, and closes it with all its readers.
   * Idempotent.
   *
   * @throws dev.peregrine.StoreIoException if it could not be committed; the log is closed
   */
  @Override
  public void close() {
    close(true);
  }

  /** Closes it as a crash would: what was appended is not committed. */
  void abandon() {
    close(false);
  }

  private void close(boolean commits) {
    if (!core.beginClose()) {
      return;
    }
    RuntimeException failure;
    boolean wasHealthy = core.failure() == null;
    try {
      core.finishClose(commits);
    } finally {
      List<LogReader> open;
      synchronized (readers) {
        open = List.copyOf(readers);
      }
      open.forEach(LogReader::close);
      failure = core.failure();
      device.close();
      volume.close();
    }
    if (wasHealthy && failure != null) {
      throw core.end();
    }
  }
}
