package dev.peregrine.log;

import dev.peregrine.ValueView;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;

/**
 * What a log must hold: every entry in order, up to where it is certain, and what a call that was
 * cut short leaves open. One thread.
 */
final class LogCrashModel {
  private static final long UNKNOWN = -1;

  /** An entry: its number gives its bytes; {@code last} ends a batch. */
  private static final class Item {
    final long number;
    final int length;
    boolean last;
    long address = UNKNOWN;
    long end = UNKNOWN;

    Item(long number, int length, boolean last) {
      this.number = number;
      this.length = length;
      this.last = last;
    }
  }

  /** From the first that may still be there. */
  private List<Item> items = new ArrayList<>();

  /** So many of them are committed for certain. */
  private int certain;

  /** How many have been dropped at the beginning for certain, and how many perhaps. */
  private int dropped;

  private int droppedPerhaps;

  /** How many are left if the drop of a suffix that was cut short has happened; −1 for none. */
  private int keptPerhaps = -1;

  private long nextNumber;

  /** Where entries from are dropped, if that has happened. */
  private long keptUntil;

  /** Where the consumer is at least; −1 if it need not be there. */
  private long consumedAtLeast = UNKNOWN;

  /** Where it is at most, if it is there. */
  private long consumedAtMost = UNKNOWN;

  /** A commit that was asked for: what there was then is certain if its future is completed. */
  private record Asked(CompletableFuture<Long> future, int count, long consumed) {}

  private final List<Asked> asked = new ArrayList<>();

  /** Bytes of an entry. */
  static MemorySegment bytes(long number, int length) {
    byte[] bytes = new byte[length];
    new SplittableRandom(number * 31 + length).nextBytes(bytes);
    return MemorySegment.ofArray(bytes);
  }

  /** Adds an entry that is about to be appended; returns its bytes. */
  MemorySegment add(int length, boolean last) {
    Item item = new Item(nextNumber++, length, last);
    items.add(item);
    return bytes(item.number, length);
  }

  /** The entry added last has been appended. */
  void appended(long address) {
    items.getLast().address = address;
  }

  /** The entry added last was refused, and is not there. */
  void refused() {
    items.removeLast();
  }

  int size() {
    return items.size();
  }

  int certain() {
    return certain;
  }

  int droppedCount() {
    return dropped;
  }

  /** The address of an entry, −1 if it is not known. */
  long addressOf(int index) {
    return items.get(index).address;
  }

  /** All entries added so far are committed, and the consumer's position as it is. */
  void committed() {
    certain = items.size();
    consumedAtLeast = consumedAtMost;
  }

  /** A commit was asked for of all entries added so far, and of the consumer's position. */
  void asked(CompletableFuture<Long> future) {
    asked.add(new Asked(future, items.size(), consumedAtMost));
  }

  /** Takes over what futures have promised; none may be left waiting by a log that has ended. */
  private void takeAsked() {
    for (Asked each : asked) {
      if (!each.future.isDone()) {
        throw new LogCrashViolation("a future of a commit was left waiting");
      }
      if (!each.future.isCompletedExceptionally()) {
        certain = Math.max(certain, each.count);
        consumedAtLeast = Math.max(consumedAtLeast, each.consumed);
      }
    }
    asked.clear();
  }

  void consumedUntil(long address) {
    consumedAtMost = address;
  }

  /** The entries before an index are about to be dropped. */
  void beginDropBefore(int index) {
    droppedPerhaps = index;
  }

  void endDropBefore() {
    dropped = droppedPerhaps;
  }

  /** All entries are about to be committed, and those from an index on dropped. */
  void beginDropFrom(int index) {
    keptPerhaps = index;
    keptUntil = items.get(index).address;
  }

  void endDropFrom() {
    asked.clear();
    while (items.size() > keptPerhaps) {
      items.removeLast();
    }
    endWithAWhole();
    certain = keptPerhaps;
    keptPerhaps = -1;
    consumedAtMost = Math.min(consumedAtMost, keptUntil);
    consumedAtLeast = consumedAtMost;
  }

  /** A batch that was cut on purpose ends there. */
  private void endWithAWhole() {
    if (!items.isEmpty()) {
      items.getLast().last = true;
    }
  }

  /**
   * Compares with a log that has just been opened, and takes over what is there as certain.
   *
   * @throws LogCrashViolation if it is none of what there may be
   */
  void check(DurableLog log) {
    takeAsked();
    int first = -1;
    int next = 0;
    try (LogReader reader = log.openReader()) {
      while (reader.next()) {
        if (first < 0) {
          first = firstIndex(reader);
          next = first;
        }
        requireEntry(reader, next);
        items.get(next).address = reader.address();
        items.get(next).end = reader.shownUntil();
        next++;
      }
    }
    if (first < 0) {
      // Nothing is left to be seen: all that may be dropped is, or all was.
      first =
          next =
              isAllGoneAllowed() ? Math.max(dropped, Math.min(items.size(), droppedPerhaps)) : -1;
      if (first < 0) {
        throw new LogCrashViolation("the log is empty, and " + certain + " entries were certain");
      }
    }
    requireEnd(next);
    long consumed = consumerPosition(log);
    requireConsumer(consumed, log);
    items = new ArrayList<>(items.subList(0, next));
    endWithAWhole();
    dropped = first;
    droppedPerhaps = first;
    certain = next;
    keptPerhaps = -1;
    // One that is not there begins anew, and need not be there again before a commit.
    consumedAtLeast = consumed;
    consumedAtMost = consumed == UNKNOWN ? log.beginAddress() : consumed;
  }

  private static long consumerPosition(DurableLog log) {
    if (!log.consumers().contains(LogCrashRun.CONSUMER)) {
      return UNKNOWN;
    }
    try (LogConsumer consumer = log.openConsumer(LogCrashRun.CONSUMER, false)) {
      return consumer.acknowledged();
    }
  }

  private boolean isAllGoneAllowed() {
    return certain <= dropped
        || certain <= droppedPerhaps
        || keptPerhaps >= 0 && keptPerhaps <= Math.max(dropped, droppedPerhaps);
  }

  private int firstIndex(LogReader reader) {
    for (int index : new int[] {dropped, droppedPerhaps}) {
      if (index < items.size()
          && matches(reader.entry(), items.get(index))
          && isAt(items.get(index), reader.address())) {
        return index;
      }
    }
    throw new LogCrashViolation(
        "the first entry, at address " + reader.address() + ", is not entry " + dropped);
  }

  private static boolean isAt(Item item, long address) {
    return item.address == UNKNOWN || item.address == address;
  }

  private static boolean matches(ValueView view, Item item) {
    return view.length() == item.length
        && MemorySegment.ofArray(view.toByteArray()).mismatch(bytes(item.number, item.length)) < 0;
  }

  private void requireEntry(LogReader reader, int index) {
    if (index >= items.size()) {
      throw new LogCrashViolation("an entry at " + reader.address() + " was never appended");
    }
    Item item = items.get(index);
    if (!matches(reader.entry(), item)) {
      throw new LogCrashViolation(
          "entry " + item.number + " is wrong, at address " + reader.address());
    }
    if (!isAt(item, reader.address())) {
      throw new LogCrashViolation(
          "entry " + item.number + " was at " + item.address + ", and is at " + reader.address());
    }
  }

  /** Reads an entry by its address, and those behind it that are certain. */
  void requireAt(LogReader reader, long address, int index) {
    reader.read(address);
    for (int i = index; i < certain; i++) {
      requireEntry(reader, i);
      if (i + 1 < certain && !reader.next()) {
        throw new LogCrashViolation("entry " + (i + 1) + " is committed, and not shown");
      }
    }
  }

  private void requireEnd(int count) {
    if (count == keptPerhaps) {
      return;
    }
    if (count < certain) {
      throw new LogCrashViolation(
          "only " + count + " entries are there of " + certain + " that were committed");
    }
    if (count > 0 && !items.get(count - 1).last) {
      throw new LogCrashViolation("a batch is there in part, up to entry " + (count - 1));
    }
  }

  private void requireConsumer(long consumed, DurableLog log) {
    long least = keptPerhaps >= 0 ? Math.min(consumedAtLeast, keptUntil) : consumedAtLeast;
    if (consumed < least || consumed > Math.max(consumedAtMost, log.beginAddress())) {
      throw new LogCrashViolation(
          "the consumer is at " + consumed + ", not from " + least + " to " + consumedAtMost);
    }
  }
}
