package dev.peregrine.bench.compare.peer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The keys that operations ask for, from a file that all processes map, so that all engines are
 * asked for the same. An endless circle; one thread.
 */
public final class Keystream {
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int BUFFER_LONGS = 1 << 13;

  private final MemorySegment keys;
  private final long mask;
  private long position;

  private Keystream(MemorySegment keys, long position) {
    this.keys = keys;
    this.mask = keys.byteSize() / Long.BYTES - 1;
    this.position = position;
  }

  /** Maps a file of keys, for as long as anyone uses it. */
  public static MemorySegment map(Path file) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
  }

  /**
   * A stream over mapped keys.
   *
   * @param keys a power of two of them
   * @param position the first to ask for
   */
  public static Keystream over(MemorySegment keys, long position) {
    if (Long.bitCount(keys.byteSize()) != 1) {
      throw new IllegalArgumentException(keys.byteSize() + " is no power of two");
    }
    return new Keystream(keys, position);
  }

  /** Writes keys to a new file. */
  public static void write(Path file, long[] keys) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_LONGS * Long.BYTES);
    buffer.order(ByteOrder.LITTLE_ENDIAN);
    try (FileChannel channel = FileChannel.open(Files.createFile(file), StandardOpenOption.WRITE)) {
      for (int at = 0; at < keys.length; at += BUFFER_LONGS) {
        buffer.clear();
        buffer.asLongBuffer().put(keys, at, Math.min(BUFFER_LONGS, keys.length - at));
        buffer.limit(Math.min(BUFFER_LONGS, keys.length - at) * Long.BYTES);
        while (buffer.hasRemaining()) {
          channel.write(buffer);
        }
      }
    }
  }

  /** The next key. */
  public long next() {
    return keys.getAtIndex(LONG, position++ & mask);
  }
}
