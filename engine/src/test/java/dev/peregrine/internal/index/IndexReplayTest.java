package dev.peregrine.internal.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.CorruptionException;
import dev.peregrine.Seeds;
import dev.peregrine.internal.pause.PausePoint;
import dev.peregrine.internal.pause.Sleepers;
import dev.peregrine.internal.pause.Sleepers.Sleeper;
import dev.peregrine.internal.record.LogAddress;
import dev.peregrine.memory.Memory;
import dev.peregrine.memory.NativeRegion;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * An index used while it is copied, and then recovered from the copy and the records behind the
 * noted tail: it leads every tag to the chain that it had.
 */
class IndexReplayTest {
  private static final int RECORD_BYTES = 64;
  private static final int TAG_SHIFT = 50;

  private record LogRecord(long hash, long address, long previous) {}

  private final Sleepers sleepers = new Sleepers();
  private final NativeRegion buffer = NativeRegion.reserve(1 << 16);
  private final List<LogRecord> log = new ArrayList<>();
  private HashIndex live;

  @AfterEach
  void close() {
    sleepers.close();
    buffer.close();
    live.close();
  }

  /** A hash of a bucket whose tag is another one for each number. */
  private static long hash(long number, long bucket) {
    return number * 7 << TAG_SHIFT | bucket;
  }

  private static long hash(long number) {
    return hash(number, 0);
  }

  private long tail() {
    return LogAddress.FIRST + (long) log.size() * RECORD_BYTES;
  }

  private IndexCursor create(long hash) {
    IndexCursor cursor = new IndexCursor();
    live.findOrCreate(hash, cursor);
    return cursor;
  }

  /** Appends a record; its entry may be one that was made long ago. */
  private void append(long hash, IndexCursor cursor) {
    long address = tail();
    if (!live.casAddress(cursor, address)) {
      live.findOrCreate(hash, cursor);
      assertTrue(live.casAddress(cursor, address));
    }
    log.add(new LogRecord(hash, address, cursor.address()));
  }

  private void append(long hash) {
    append(hash, create(hash));
  }

  private void appendAll(int from, int to) {
    for (int number = from; number <= to; number++) {
      append(hash(number));
    }
  }

  private IndexImage copy(long offset) {
    IndexImage image = IndexImage.of(live);
    image.copyOut(0, buffer.address() + offset, (int) image.bytes());
    return image;
  }

  /** Recovers from the image in the buffer and requires what the live index has. */
  private void requireRecovered(long overflowUsed, long notedTail, long endTail) {
    try (HashIndex recovered = new HashIndex(live.bucketCount(), live.overflowCapacity())) {
      recover(recovered, overflowUsed, notedTail, endTail).finish();
      requireSame(recovered);
    }
    // What the recovered index is built from all of the log, it must be, too.
    try (HashIndex rebuilt = new HashIndex(live.bucketCount(), live.overflowCapacity())) {
      replay(rebuilt, 0).finish();
      requireSame(rebuilt);
    }
  }

  private IndexReplay recover(
      HashIndex recovered, long overflowUsed, long notedTail, long endTail) {
    IndexImage image = IndexImage.to(recovered, overflowUsed);
    image.copyIn(0, buffer.address(), (int) image.bytes());
    image.adopt(LogAddress.FIRST, endTail, "image");
    return replay(recovered, notedTail);
  }

  private IndexReplay replay(HashIndex index, long from) {
    IndexReplay replay = new IndexReplay(index);
    for (LogRecord entry : log) {
      if (entry.address >= from) {
        replay.put(entry.hash, entry.address, entry.previous);
      }
    }
    return replay;
  }

  private void requireSame(HashIndex recovered) {
    for (LogRecord entry : log) {
      assertEquals(live.find(entry.hash), recovered.find(entry.hash), () -> entry + " of\n" + log);
    }
    TreeSet<Long> heads = new TreeSet<>();
    live.forEachHead(heads::add);
    List<Long> found = new ArrayList<>();
    recovered.forEachHead(found::add);
    assertEquals(List.copyOf(heads), found.stream().sorted().toList());
  }

  @Test
  void shouldKeepAChainWhoseOverflowBucketTheImageLacksWhenAWildcardLeadsAboveIt() {
    live = new HashIndex(1, 1);
    appendAll(1, HashBucket.ENTRIES);
    long notedTail = tail();
    IndexImage image = IndexImage.of(live);
    assertEquals(0, image.overflowUsed());
    // Those after the seventh are in the overflow bucket, then there is a wildcard.
    appendAll(HashBucket.ENTRIES + 1, 2 * HashBucket.ENTRIES + 3);
    image.copyOut(0, buffer.address(), (int) image.bytes());
    requireRecovered(0, notedTail, tail());
  }

  @Test
  void shouldKeepAChainWhoseEntryWasTentativeWhenAWildcardLeadsAboveIt() {
    live = new HashIndex(1, 0);
    Sleeper sleeper = sleepers.act(PausePoint.ENTRY_ALONE, () -> create(hash(9))).awaitAsleep();
    appendAll(1, HashBucket.ENTRIES - 1);
    long notedTail = tail();
    // The wildcard is made of the last entry while the sleeper's is tentative.
    append(hash(20));
    copy(0);
    append(hash(9), (IndexCursor) sleeper.wake().join());
    append(hash(21));
    // The copier is a word before the wildcard when the sleeper wakes.
    int last = HashBucket.ENTRIES - 1;
    copy(HashBucket.BYTES);
    long later = HashBucket.entryAddress(buffer.address() + HashBucket.BYTES, last);
    assertEquals(HashEntry.WILDCARD, Memory.getLong(later) & HashEntry.TAG_FIELD);
    Memory.putLong(HashBucket.entryAddress(buffer.address(), last), Memory.getLong(later));
    requireRecovered(0, notedTail, tail());
  }

  @Test
  void shouldKeepAllChainsWhenTheWildcardOfTheImageIsEmpty() {
    live = new HashIndex(1, 1);
    appendAll(1, HashBucket.ENTRIES - 1);
    create(hash(7));
    long notedTail = tail();
    IndexImage image = IndexImage.of(live);
    List<IndexCursor> late = new ArrayList<>();
    for (int number = 8; number < 8 + HashBucket.ENTRIES; number++) {
      late.add(create(hash(number)));
    }
    create(hash(30));
    image.copyOut(0, buffer.address(), (int) image.bytes());
    // First one that has an entry of its own, then three of the wildcard's.
    append(hash(8), late.get(0));
    append(hash(30));
    append(hash(31));
    append(hash(7));
    append(hash(32));
    for (int i = 1; i < late.size(); i++) {
      append(hash(8 + i), late.get(i));
    }
    requireRecovered(0, notedTail, tail());
  }

  @Test
  void shouldGiveAnEmptyEntryUpWhenItBecameTheWildcard() {
    live = new HashIndex(1, 0);
    appendAll(1, HashBucket.ENTRIES - 1);
    create(hash(7));
    long notedTail = tail();
    copy(0);
    append(hash(30));
    append(hash(31));
    append(hash(7));
    append(hash(32));
    requireRecovered(0, notedTail, tail());
  }

  @Test
  void shouldBeRecoveredWhenOverflowBucketsAreFree() {
    live = new HashIndex(1, 3);
    List<Sleeper> losers = new ArrayList<>();
    appendAll(1, HashBucket.ENTRIES);
    for (int number = 8; number < 10; number++) {
      long hash = hash(number);
      losers.add(sleepers.act(PausePoint.OVERFLOW_TAKEN, () -> create(hash)).awaitAsleep());
    }
    append(hash(10));
    losers.forEach(loser -> loser.wake().join());
    assertEquals(3, live.overflowCount());
    copy(0);
    requireRecovered(3, tail(), tail());
  }

  @Test
  void shouldBeRefusedWhenAWildcardLeadsToNoRecord() {
    live = new HashIndex(1, 0);
    appendAll(1, HashBucket.ENTRIES);
    long notedTail = tail();
    appendAll(8, 10);
    copy(0);
    log.removeLast();
    try (HashIndex recovered = new HashIndex(1, 0)) {
      IndexReplay replay = recover(recovered, 0, notedTail, tail() + RECORD_BYTES);
      assertThrows(CorruptionException.class, replay::finish);
    }
  }

  /** Each word is copied at a time of its own, between two operations. */
  @Test
  void shouldLeadToTheSameChainsWhenTheCopyIsMadeAtAnyTime() {
    Seeds.run(
        20_000,
        seed -> {
          SplittableRandom random = new SplittableRandom(seed);
          log.clear();
          if (live != null) {
            live.close();
          }
          live = new HashIndex(1 << random.nextInt(2), random.nextInt(4));
          List<IndexCursor> cursors = new ArrayList<>();
          List<Long> hashes = new ArrayList<>();
          int tags = random.nextInt(8, 40);
          work(random, tags, random.nextInt(60), cursors, hashes);
          long notedTail = tail();
          IndexImage image = IndexImage.of(live);
          int rate = 1 << random.nextInt(5);
          for (int at = 0; at < image.bytes(); at += Long.BYTES) {
            if (random.nextInt(rate) == 0) {
              work(random, tags, random.nextInt(8), cursors, hashes);
            }
            image.copyOut(
                at / HashBucket.BYTES * HashBucket.BYTES,
                buffer.address() + image.bytes(),
                HashBucket.BYTES);
            long word = Memory.getLong(buffer.address() + image.bytes() + at % HashBucket.BYTES);
            Memory.putLong(buffer.address() + at, word);
          }
          long endTail = tail();
          work(random, tags, random.nextInt(60), cursors, hashes);
          requireRecovered(image.overflowUsed(), notedTail, endTail);
        });
  }

  /** Makes entries, and appends records to those made before or just now. */
  private void work(
      SplittableRandom random, int tags, int count, List<IndexCursor> cursors, List<Long> hashes) {
    for (int i = 0; i < count; i++) {
      if (random.nextInt(3) > 0) {
        hashes.add(hash(1 + random.nextInt(tags), random.nextInt((int) live.bucketCount())));
        cursors.add(create(hashes.getLast()));
      }
      if (random.nextInt(3) > 0 && !hashes.isEmpty()) {
        int which = random.nextInt(hashes.size());
        append(hashes.remove(which), cursors.remove(which));
      }
    }
  }
}
