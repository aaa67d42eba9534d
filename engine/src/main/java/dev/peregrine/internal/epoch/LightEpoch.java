package dev.peregrine.internal.epoch;

import dev.peregrine.internal.pause.PausePoint;
import dev.peregrine.internal.pause.Pauses;
import dev.peregrine.memory.CacheLine;
import dev.peregrine.memory.Memory;
import dev.peregrine.memory.NativeRegion;
import dev.peregrine.memory.ProcessBarrier;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Epoch protection: who may still hold an address, and what may happen once nobody does
 * (Chandramouli et al., "FASTER", SIGMOD 2018, section 2.4).
 *
 * <p><b>Guarantee.</b> An action registered by {@link #bump} runs exactly once, and only after
 * every slot that was inside when it was registered has left or been suspended. What a thread reads
 * after {@link #tryEnter} is therefore at least as new as what any action that has already run was
 * registered for.
 *
 * <p><b>How.</b> A slot holds 0 (outside), {@link #SUSPENDED} (in use, but holding nothing), or the
 * epoch its user announced. Entering is a CAS from 0: a full fence between the announcement and the
 * first read of shared state, and at the same time the proof that no second thread uses the slot;
 * {@link SessionSlot} spares the one thread that uses a slot all the time both. A bump adds 1 to
 * the current epoch, again a full fence; the epoch before it is safe when every announced epoch is
 * greater. The safe epoch is computed from the current epoch, read first, and the slots, read after
 * it: a slot entered too late to be seen reads the state after the bump.
 *
 * <p><b>Progress.</b> Whoever leaves runs what has become safe. A leaver may overlook an action
 * that is registered at that instant, so the log's worker calls {@link #drain} while {@link
 * #hasPending}.
 *
 * <p><b>Rule.</b> Whoever waits suspends its slot meanwhile, or it waits for itself.
 *
 * <p>The memory of the slots outlives {@link #close}: it is freed when this object is unreachable,
 * so that a closed store's sessions are refused instead of crashing the JVM.
 */
public final class LightEpoch {
  /** A slot in use that protects nothing. */
  public static final long SUSPENDED = Long.MAX_VALUE;

  /** Bytes beside a slot's two words in its line. */
  public static final int USER_BYTES = CacheLine.STRIDE_BYTES / 2 - 2 * Long.BYTES;

  /** A slot, or its owner's word, that nobody is in. */
  static final long OUTSIDE = 0;

  private static final long FIRST_EPOCH = 1;
  private static final int DRAIN_CAPACITY = 16;

  /** Line 0 holds the current epoch, line 1 the slot that is never free, then come the slots. */
  private static final int DEAD_SLOT_LINE = 1;

  private static final int FIRST_SLOT_LINE = 2;

  private final long base;
  private final int slotCount;

  /** Actions that wait: here, because whoever leaves looks at it. */
  private final AtomicInteger pending = new AtomicInteger();

  private final DrainList drainList = new DrainList(DRAIN_CAPACITY, pending);
  private final boolean[] taken;

  /** Of each slot, the last thread that owned it. */
  private final Thread[] formerOwners;

  /** Set before the first slot has an owner, never cleared. */
  private volatile boolean owners;

  /**
   * @param slotCount the most slots in use at once, at least 1
   */
  public LightEpoch(int slotCount) {
    this.slotCount = slotCount;
    this.taken = new boolean[slotCount];
    this.formerOwners = new Thread[slotCount];
    this.base = NativeRegion.reserveFor(this, bytesFor(slotCount));
    initialize();
  }

  /** As the other, in memory that somebody else owns. */
  LightEpoch(int slotCount, long base) {
    this.slotCount = slotCount;
    this.taken = new boolean[slotCount];
    this.formerOwners = new Thread[slotCount];
    this.base = base;
    initialize();
  }

  static long bytesFor(int slotCount) {
    return (long) (slotCount + FIRST_SLOT_LINE) * CacheLine.STRIDE_BYTES;
  }

  private void initialize() {
    Memory.putLongVolatile(base, FIRST_EPOCH);
    Memory.putLongVolatile(deadSlot(), SUSPENDED);
  }

  /**
   * Takes a slot.
   *
   * @return its address, or 0 when all are taken
   */
  public long acquireSlot() {
    synchronized (taken) {
      for (int i = 0; i < slotCount; i++) {
        if (!taken[i]) {
          taken[i] = true;
          return slotAt(i);
        }
      }
      return 0;
    }
  }

  /** Gives a slot back, outside. */
  public void releaseSlot(long slot) {
    Memory.putLongRelease(ownersWord(slot), OUTSIDE);
    Memory.putLongRelease(slot, OUTSIDE);
    synchronized (taken) {
      taken[indexOf(slot)] = false;
    }
  }

  /** The last thread that owned a slot, null if none did; the slot's user only. */
  Thread formerOwner(long slot) {
    return formerOwners[indexOf(slot)];
  }

  /** Notes that a thread owns a slot; the slot's user only. */
  void formerOwner(long slot, Thread thread) {
    formerOwners[indexOf(slot)] = thread;
  }

  private int indexOf(long slot) {
    return (int) ((slot - slotAt(0)) / CacheLine.STRIDE_BYTES);
  }

  /** A slot that no {@link #tryEnter} ever gets: where the handle of a closed session points. */
  public long deadSlot() {
    return base + (long) DEAD_SLOT_LINE * CacheLine.STRIDE_BYTES;
  }

  /**
   * Words in the line of a slot, for what its user writes together with it; as they were left by
   * the slot's user before.
   *
   * @param bytes how many are used, at most {@link #USER_BYTES}
   */
  public static long userWords(long slot, int bytes) {
    if (bytes > USER_BYTES) {
      throw new IllegalArgumentException(bytes + " bytes do not fit the line of a slot");
    }
    return slot + 2L * Long.BYTES;
  }

  /** The word of a slot that {@link SessionSlot} has its owner announce itself in. */
  static long ownersWord(long slot) {
    return slot + Long.BYTES;
  }

  /**
   * Enters: from now on nothing that this thread reads from shared structures is taken away.
   *
   * @return false if the slot is in use already
   */
  public boolean tryEnter(long slot) {
    return tryAnnounce(slot, Memory.getLongAcquire(base));
  }

  /** Marks the slot as in use, without protection; false if it is in use already. */
  public boolean tryEnterSuspended(long slot) {
    return tryAnnounce(slot, SUSPENDED);
  }

  static boolean tryAnnounce(long slot, long announcement) {
    return Memory.casLong(slot, OUTSIDE, announcement);
  }

  /** Leaves, and runs what has become safe by it. */
  public void leave(long slot) {
    Memory.putLongRelease(slot, OUTSIDE);
    drainIfPending();
  }

  /** Gives up protection but keeps the slot; every address read before is void. */
  public void suspend(long slot) {
    Memory.putLongRelease(slot, SUSPENDED);
    drainIfPending();
  }

  /** For who has left: runs what has become safe by it. */
  void drainIfPending() {
    if (hasPending()) {
      drain();
    }
  }

  /** Takes protection again after {@link #suspend}. */
  public void resume(long slot) {
    Memory.putLongVolatile(slot, Memory.getLongAcquire(base));
  }

  /**
   * Starts a new epoch and registers what is to run once nobody is left in the one before.
   *
   * @return false, and nothing has changed, when too many actions are waiting
   */
  public boolean bump(EpochAction action, long argument) {
    int claimed = drainList.claim();
    if (claimed < 0) {
      return false;
    }
    long before = advance();
    Pauses.at(PausePoint.EPOCH_BUMPED);
    drainList.publish(claimed, before, action, argument);
    drain();
    return true;
  }

  /**
   * Starts a new epoch without an action, for one who looks by himself.
   *
   * @return the epoch before; everybody who was inside has left once it is {@linkplain #safeEpoch
   *     safe}
   */
  public long advance() {
    long before = Memory.getAndAddLong(base, 1);
    if (owners) {
      ProcessBarrier.run();
    }
    return before;
  }

  /** From now on, slots have owners, who announce themselves without a fence. */
  void expectOwners() {
    if (!owners) {
      owners = true;
    }
  }

  /** Where the current epoch is. */
  long currentWord() {
    return base;
  }

  /** Whether an action is waiting; a stale answer is possible. */
  public boolean hasPending() {
    return pending.getPlain() != 0;
  }

  /**
   * Runs what is safe now.
   *
   * @return how many actions ran
   */
  public int drain() {
    return drainList.drain(safeEpoch());
  }

  /** The epoch that is current now. */
  public long current() {
    return Memory.getLongVolatile(base);
  }

  /** The greatest epoch that nobody can be in any more. */
  public long safeEpoch() {
    long least = Memory.getLongVolatile(base);
    for (int i = 0; i < slotCount; i++) {
      // In this order: an owner that was inside by the slot comes to be so by its own word.
      least = earlier(least, Memory.getLongVolatile(slotAt(i)));
      least = earlier(least, Memory.getLongVolatile(ownersWord(slotAt(i))));
    }
    return least - 1;
  }

  private static long earlier(long least, long announced) {
    return announced != OUTSIDE && announced < least ? announced : least;
  }

  /** The epoch announced in a slot, by its owner or another, 0 if nobody is inside. */
  public long announced(long slot) {
    long announced = Memory.getLongVolatile(slot);
    return announced != OUTSIDE ? announced : Memory.getLongVolatile(ownersWord(slot));
  }

  private long slotAt(int index) {
    return base + (long) (FIRST_SLOT_LINE + index) * CacheLine.STRIDE_BYTES;
  }
}
