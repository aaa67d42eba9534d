package dev.peregrine.bench.logbench;

import dev.peregrine.bench.CheckFailedException;
import io.aeron.Aeron;
import io.aeron.Publication;
import io.aeron.Subscription;
import io.aeron.archive.Archive;
import io.aeron.archive.ArchiveThreadingMode;
import io.aeron.archive.ArchivingMediaDriver;
import io.aeron.archive.client.AeronArchive;
import io.aeron.archive.codecs.SourceLocation;
import io.aeron.archive.status.RecordingPos;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.aeron.logbuffer.FragmentHandler;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.CountersReader;

/**
 * Aeron Archive with its driver in this process: a publication by shared memory, which the archive
 * records in blocks of up to 1 MiB, and with {@code fileSyncLevel} 1 forces after each. One
 * producer has an exclusive publication, several share one.
 */
final class AeronArchiveLog implements LogPeer {
  private static final String CHANNEL = "aeron:ipc?term-length=64m";
  private static final String CONTROL = "aeron:ipc?term-length=64k";
  private static final int STREAM = 1001;
  private static final int REPLAY_STREAM = 1002;
  private static final int FILE_IO_BYTES = 1 << 20;
  private static final int SEGMENT_BYTES = 256 << 20;
  private static final int FRAGMENTS = 256;
  private static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final LogSetup setup;
  private final ArchivingMediaDriver driver;
  private final AeronArchive archive;
  private final Publication publication;
  private final CountersReader counters;
  private final int counter;
  private final long recording;

  AeronArchiveLog(LogSetup setup) {
    this.setup = setup;
    String memory = setup.memoryDirectory().resolve("aeron").toString();
    driver = ArchivingMediaDriver.launch(driverContext(memory), archiveContext(setup, memory));
    try {
      archive =
          AeronArchive.connect(
              new AeronArchive.Context()
                  .aeronDirectoryName(memory)
                  .controlRequestChannel(CONTROL)
                  .controlResponseChannel(CONTROL));
      Aeron aeron = archive.context().aeron();
      archive.startRecording(CHANNEL, STREAM, SourceLocation.LOCAL);
      publication =
          setup.cell().producers() == 1
              ? aeron.addExclusivePublication(CHANNEL, STREAM)
              : aeron.addPublication(CHANNEL, STREAM);
      counters = aeron.countersReader();
      counter = awaitCounter();
      recording = RecordingPos.getRecordingId(counters, counter);
    } catch (RuntimeException | Error e) {
      driver.close();
      throw e;
    }
  }

  private static MediaDriver.Context driverContext(String memory) {
    return new MediaDriver.Context()
        .aeronDirectoryName(memory)
        .threadingMode(ThreadingMode.SHARED)
        .spiesSimulateConnection(true)
        .dirDeleteOnStart(true)
        .dirDeleteOnShutdown(true);
  }

  private static Archive.Context archiveContext(LogSetup setup, String memory) {
    int level = setup.cell().durability().isDurable() ? 1 : 0;
    return new Archive.Context()
        .aeronDirectoryName(memory)
        .archiveDir(setup.directory().resolve("archive").toFile())
        .threadingMode(ArchiveThreadingMode.SHARED)
        .controlChannelEnabled(false)
        .archiveClientContext(new AeronArchive.Context().controlResponseChannel(CONTROL))
        .localControlChannel(CONTROL)
        .recordingEventsEnabled(false)
        .replicationChannel("aeron:udp?endpoint=localhost:0")
        .fileIoMaxLength(FILE_IO_BYTES)
        .segmentFileLength(SEGMENT_BYTES)
        .catalogFileSyncLevel(level)
        .fileSyncLevel(level);
  }

  private int awaitCounter() {
    long deadline = System.nanoTime() + WAIT_NANOS;
    for (; ; ) {
      int found =
          RecordingPos.findCounterIdBySession(
              counters, publication.sessionId(), archive.archiveId());
      if (found != CountersReader.NULL_COUNTER_ID) {
        return found;
      }
      requireInTime(deadline, "the recording does not begin");
      Thread.yield();
    }
  }

  private static void requireInTime(long deadline, String otherwise) {
    if (System.nanoTime() > deadline) {
      throw new CheckFailedException(otherwise);
    }
  }

  @Override
  public Appender newAppender() {
    int bytes = setup.cell().entryBytes();
    UnsafeBuffer entry = new UnsafeBuffer(ByteBuffer.allocateDirect(bytes));
    return new Appender() {
      @Override
      public void put(int offset, long word) {
        entry.putLong(offset, word);
      }

      @Override
      public void append() {
        long result = offer();
        while (result < 0) {
          if (result != Publication.BACK_PRESSURED && result != Publication.ADMIN_ACTION) {
            throw new CheckFailedException("the publication answers " + result);
          }
          Thread.onSpinWait();
          result = offer();
        }
      }

      private long offer() {
        return publication.offer(entry, 0, bytes);
      }

      @Override
      public void commit() {
        awaitRecorded();
      }
    };
  }

  private void awaitRecorded() {
    long until = publication.position();
    long deadline = System.nanoTime() + WAIT_NANOS;
    while (counters.getCounterValue(counter) < until) {
      requireInTime(deadline, "the recording does not follow");
      Thread.yield();
    }
  }

  @Override
  public void finish() {
    awaitRecorded();
  }

  @Override
  public void read(EntryPattern.Check check) {
    long end = counters.getCounterValue(counter);
    publication.close();
    Shown shown = new Shown();
    FragmentHandler handler =
        (buffer, offset, length, header) -> {
          shown.buffer = buffer;
          shown.start = offset;
          check.accept(shown, length);
        };
    try (Subscription replay = archive.replay(recording, 0, end, CHANNEL, REPLAY_STREAM)) {
      long deadline = System.nanoTime() + WAIT_NANOS;
      while (replay.hasNoImages()) {
        requireInTime(deadline, "the replay does not begin");
        Thread.yield();
      }
      while (replay.imageCount() > 0 && replay.imageAtIndex(0).position() < end) {
        if (replay.poll(handler, FRAGMENTS) == 0) {
          requireInTime(deadline, "the replay does not end");
          Thread.yield();
        }
      }
    }
  }

  private static final class Shown implements Words {
    private DirectBuffer buffer;
    private int start;

    @Override
    public long at(int offset) {
      return buffer.getLong(start + offset);
    }
  }

  @Override
  public void close() {
    archive.close();
    driver.close();
  }
}
