package dev.peregrine.bench.logbench;

import dev.peregrine.ValueView;
import dev.peregrine.log.DurableLog;
import dev.peregrine.log.LogConfig;
import dev.peregrine.log.LogReader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The log of this project. */
final class PeregrineLog implements LogPeer {
  private static final int ENTRIES_A_POLL = 1 << 16;
  private static final long PIPELINED_BYTES = 4 << 20;

  private final LogSetup setup;
  private final DurableLog log;

  PeregrineLog(LogSetup setup) {
    this.setup = setup;
    LogConfig.Builder config = LogConfig.builder(setup.directory());
    if (setup.cell().durability() == Durability.PIPELINED) {
      config.commitEachBytes(PIPELINED_BYTES);
    }
    log = DurableLog.open(config.build());
  }

  @Override
  public Appender newAppender() {
    return new Appender() {
      private final MemorySegment entry =
          Arena.ofAuto().allocate(setup.cell().entryBytes(), Long.BYTES);

      @Override
      public void put(int offset, long word) {
        entry.set(ValueLayout.JAVA_LONG, offset, word);
      }

      @Override
      public void append() {
        log.append(entry);
      }

      @Override
      public void commit() {
        log.commitAndWait();
      }
    };
  }

  @Override
  public void finish() {
    if (setup.cell().durability().isDurable()) {
      log.commitAndWait();
    }
  }

  @Override
  public void read(EntryPattern.Check check) {
    log.commitAndWait();
    Shown shown = new Shown();
    try (LogReader reader = log.openReader()) {
      int count;
      do {
        count =
            reader.poll(
                (address, view) -> {
                  shown.view = view;
                  check.accept(shown, view.length());
                },
                ENTRIES_A_POLL);
      } while (count > 0);
    }
  }

  private static final class Shown implements Words {
    private ValueView view;

    @Override
    public long at(int offset) {
      return view.getLong(offset);
    }
  }

  @Override
  public void close() {
    log.close();
  }
}
