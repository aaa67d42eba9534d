package dev.peregrine.bench.logbench;

import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.bytes.BytesStore;
import net.openhft.chronicle.bytes.SyncMode;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.wire.DocumentContext;

/**
 * Chronicle Queue: mapped files. It syncs only in the mode {@code SYNC}, by msync; in its default
 * mode {@code sync()} does nothing.
 */
final class ChronicleQueueLog implements LogPeer {
  private static final long BLOCK_BYTES = 256L << 20;

  private final LogSetup setup;
  private final SingleChronicleQueue queue;

  ChronicleQueueLog(LogSetup setup) {
    this.setup = setup;
    SingleChronicleQueueBuilder builder =
        SingleChronicleQueueBuilder.binary(setup.directory()).blockSize(BLOCK_BYTES);
    if (setup.cell().durability().isDurable()) {
      builder.syncMode(SyncMode.SYNC);
    }
    queue = builder.build();
  }

  @Override
  public Appender newAppender() {
    ExcerptAppender appender = queue.createAppender();
    BytesStore<?, Void> entry = BytesStore.nativeStore(setup.cell().entryBytes());
    return new Appender() {
      @Override
      public void put(int offset, long word) {
        entry.writeLong(offset, word);
      }

      @Override
      public void append() {
        appender.writeBytes(entry);
      }

      @Override
      public void commit() {
        appender.sync();
      }

      @Override
      public void close() {
        if (setup.cell().durability().isDurable()) {
          appender.sync();
        }
        appender.close();
        entry.releaseLast();
      }
    };
  }

  /** Each appender has synced what it wrote when it was closed. */
  @Override
  public void finish() {}

  @Override
  public void read(EntryPattern.Check check) {
    Shown shown = new Shown();
    try (ExcerptTailer tailer = queue.createTailer()) {
      for (; ; ) {
        try (DocumentContext document = tailer.readingDocument()) {
          if (!document.isPresent()) {
            return;
          }
          shown.bytes = document.wire().bytes();
          shown.start = shown.bytes.readPosition();
          check.accept(shown, shown.bytes.readRemaining());
        }
      }
    }
  }

  private static final class Shown implements Words {
    private Bytes<?> bytes;
    private long start;

    @Override
    public long at(int offset) {
      return bytes.readLong(start + offset);
    }
  }

  @Override
  public void close() {
    queue.close();
  }
}
