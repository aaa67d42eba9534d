package dev.peregrine.bench.logbench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What people write by hand: a file that grows, behind a buffer under a lock. An entry is its
 * length and its bytes; nothing is checked, and a torn tail is not noticed.
 */
final class FileChannelLog implements LogPeer {
  private static final int BUFFER_BYTES = LogCell.BATCH_BYTES;
  private static final int READ_BYTES = 1 << 20;

  private final LogSetup setup;
  private final Path file;
  private final FileChannel channel;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private final MemorySegment memory = MemorySegment.ofBuffer(buffer);
  private final ReentrantLock lock = new ReentrantLock();
  private long used;

  FileChannelLog(LogSetup setup) {
    this.setup = setup;
    this.file = setup.directory().resolve("log");
    try {
      channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
  }

  @Override
  public Appender newAppender() {
    return new Appender() {
      private final int bytes = setup.cell().entryBytes();
      private final MemorySegment entry = Arena.ofAuto().allocate(bytes, Long.BYTES);

      @Override
      public void put(int offset, long word) {
        entry.set(ValueLayout.JAVA_LONG, offset, word);
      }

      @Override
      public void append() {
        lock.lock();
        try {
          if (used + Integer.BYTES + bytes > BUFFER_BYTES) {
            write();
          }
          memory.set(ValueLayout.JAVA_INT_UNALIGNED, used, bytes);
          MemorySegment.copy(entry, 0, memory, used + Integer.BYTES, bytes);
          used += Integer.BYTES + bytes;
        } finally {
          lock.unlock();
        }
      }

      @Override
      public void commit() {
        sync();
      }
    };
  }

  private void write() {
    try {
      buffer.clear().limit((int) used);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      used = 0;
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
  }

  private void sync() {
    lock.lock();
    try {
      write();
      channel.force(false);
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void finish() {
    if (setup.cell().durability().isDurable()) {
      sync();
    } else {
      write();
    }
  }

  @Override
  public void read(EntryPattern.Check check) {
    ByteBuffer chunk = ByteBuffer.allocateDirect(READ_BYTES).order(ByteOrder.nativeOrder());
    MemorySegment bytes = MemorySegment.ofBuffer(chunk);
    Shown shown = new Shown(bytes);
    try (FileChannel reader = FileChannel.open(file, StandardOpenOption.READ)) {
      while (reader.read(chunk) >= 0) {
        int at = 0;
        while (chunk.position() - at >= Integer.BYTES) {
          int length = bytes.get(ValueLayout.JAVA_INT_UNALIGNED, at);
          if (chunk.position() - at < Integer.BYTES + length) {
            break;
          }
          shown.start = at + Integer.BYTES;
          check.accept(shown, length);
          at += Integer.BYTES + length;
        }
        chunk.flip().position(at);
        chunk.compact();
      }
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
  }

  private static final class Shown implements Words {
    private final MemorySegment bytes;
    private long start;

    Shown(MemorySegment bytes) {
      this.bytes = bytes;
    }

    @Override
    public long at(int offset) {
      return bytes.get(ValueLayout.JAVA_LONG_UNALIGNED, start + offset);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
  }
}
