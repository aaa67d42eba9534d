package dev.peregrine.bench.compare.peer;

import dev.peregrine.bench.ByteSize;
import java.io.IOException;
import java.io.UncheckedIOException;
import net.openhft.chronicle.core.values.LongValue;
import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.ChronicleMapBuilder;
import net.openhft.chronicle.map.ExternalMapQueryContext;
import net.openhft.chronicle.map.MapEntry;
import net.openhft.chronicle.values.Values;

/** Chronicle Map: off the heap in memory, or a mapped file where memory is limited. */
final class ChroniclePeer implements Peer {
  private final PeerSetup setup;
  private final ChronicleMap<LongValue, LongValue> longs;
  private final ChronicleMap<LongValue, byte[]> bytes;

  ChroniclePeer(PeerSetup setup) {
    this.setup = setup;
    if (setup.isLong()) {
      longs = open(setup, ChronicleMapBuilder.of(LongValue.class, LongValue.class));
      bytes = null;
    } else {
      longs = null;
      bytes =
          open(
              setup,
              ChronicleMapBuilder.of(LongValue.class, byte[].class)
                  .constantValueSizeBySample(new byte[setup.valueBytes()]));
    }
  }

  private static <V> ChronicleMap<LongValue, V> open(
      PeerSetup setup, ChronicleMapBuilder<LongValue, V> builder) {
    builder.name("compare").entries(setup.records()).putReturnsNull(true);
    if (!setup.isLimited()) {
      return builder.create();
    }
    try {
      return builder.createPersistedTo(setup.directory().resolve("map").toFile());
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
  }

  @Override
  public String describe() {
    ChronicleMap<?, ?> map = setup.isLong() ? longs : bytes;
    return "%s for %d entries, %d segments"
        .formatted(ByteSize.format(map.offHeapMemoryUsed()), setup.records(), map.segments());
  }

  @Override
  public PeerSession newSession() {
    return setup.isLong() ? new Longs(longs) : new Bytes(bytes, setup.valueBytes());
  }

  @Override
  public void close() {
    (setup.isLong() ? longs : bytes).close();
  }

  private static final class Longs extends PeerSession {
    private final ChronicleMap<LongValue, LongValue> map;
    private final LongValue keyValue = Values.newHeapInstance(LongValue.class);
    private final LongValue value = Values.newHeapInstance(LongValue.class);
    private final LongValue inPlace = Values.newNativeReference(LongValue.class);

    Longs(ChronicleMap<LongValue, LongValue> map) {
      this.map = map;
    }

    @Override
    public boolean read(long key) {
      keyValue.setValue(key);
      if (map.getUsing(keyValue, value) == null) {
        throw Payload.missing(key);
      }
      word = Payload.check(value.getValue(), key);
      return true;
    }

    @Override
    public boolean write(long key, long counter) {
      keyValue.setValue(key);
      value.setValue(Payload.word(key, counter));
      map.put(keyValue, value);
      return true;
    }

    @Override
    public boolean increment(long key) {
      keyValue.setValue(key);
      try (var _ = map.acquireContext(keyValue, inPlace)) {
        inPlace.addValue(1);
      }
      return true;
    }
  }

  private static final class Bytes extends PeerSession {
    private final ChronicleMap<LongValue, byte[]> map;
    private final LongValue keyValue = Values.newHeapInstance(LongValue.class);
    private final byte[] value;
    private final byte[] buffer;

    Bytes(ChronicleMap<LongValue, byte[]> map, int valueBytes) {
      this.map = map;
      value = new byte[valueBytes];
      buffer = new byte[valueBytes];
    }

    @Override
    public boolean read(long key) {
      keyValue.setValue(key);
      word = Payload.check(map.getUsing(keyValue, buffer), value.length, key);
      return true;
    }

    @Override
    public boolean write(long key, long counter) {
      keyValue.setValue(key);
      Payload.fill(value, key, Payload.word(key, counter));
      map.put(keyValue, value);
      return true;
    }

    @Override
    public boolean increment(long key) {
      keyValue.setValue(key);
      try (ExternalMapQueryContext<LongValue, byte[], ?> locked = map.queryContext(keyValue)) {
        locked.updateLock().lock();
        MapEntry<LongValue, byte[]> entry = locked.entry();
        if (entry == null) {
          throw Payload.missing(key);
        }
        byte[] before = entry.value().getUsing(buffer);
        Payload.setWord(before, Payload.word(before) + 1);
        locked.replaceValue(entry, locked.wrapValueAsData(before));
      }
      return true;
    }
  }
}
