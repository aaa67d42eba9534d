package dev.peregrine.internal.epoch;

import dev.peregrine.internal.pause.PausePoint;
import dev.peregrine.internal.pause.Pauses;
import dev.peregrine.memory.Memory;
import dev.peregrine.memory.ProcessBarrier;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * An epoch slot whose users come one at a time: who is inside keeps all others out. The thread that
 * comes again and again owns the slot, and from then on enters without an atomic instruction and
 * without a fence: a lock reserved for one thread (Kawachiya, Koseki, Onodera, OOPSLA 2002), with
 * the fence moved to those who seldom come (Dice, Huang, Yang, "Asymmetric Dekker
 * Synchronization").
 *
 * <p><b>Two words.</b> A thread without ownership enters by a CAS of the slot. The owner stores its
 * announcement in a word of its own, then looks whether it is still the owner, and if it is not,
 * takes the announcement back and comes like everybody else. Who has the slot by CAS and finds
 * another thread to be the owner takes that away, has {@link ProcessBarrier} put a barrier into
 * every thread, and then looks at the owner's word: either the owner's store came before that
 * barrier and is seen, or its second look comes after and finds that it owns nothing. The same
 * barrier, behind each new epoch, keeps {@link LightEpoch}'s guarantee.
 *
 * <p>Between the owner's store and its second look stands a fence that orders loads: on the
 * processors supported it is no instruction, but the compiler moves no access across it. More is
 * not needed, because barriers come from outside.
 *
 * <p><b>One owner.</b> A thread that has lost ownership may be stopped right before it stores its
 * announcement, if it uses the slot against the rule at that time, and would wipe out that of the
 * next owner. So another thread becomes owner only when the one before it has ended; until then,
 * all enter by CAS. This outlives the session.
 *
 * <p>Without the system call nobody becomes an owner.
 */
public final class SessionSlot {
  /** Entries in a row by which a thread becomes the owner. */
  private static final int DEFAULT_STREAK = 64;

  private static final VarHandle OWNER;

  static {
    try {
      OWNER =
          MethodHandles.lookup()
              .findVarHandle(SessionSlot.class, "owner", Thread.class)
              .withInvokeExactBehavior();
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final LightEpoch epoch;
  private final long slot;
  private final long ownersWord;
  private final long epochWord;
  private final int streakWanted;

  /** Only written by who has the slot by CAS. */
  private Thread owner;

  /** The word that is entered by CAS: the slot, until it is closed. */
  private long sharedWord;

  /** The word that who is inside has announced itself in. */
  private long insideWord;

  /** Of the user that is inside by CAS. */
  private Thread latest;

  private int streak;

  /** What {@link #tryTake} took away. */
  private Thread takenOwner;

  private long takenWord;

  /** Odd while another thread may hold the slot. */
  private volatile long holdSequence;

  /**
   * A slot.
   *
   * @param slot from {@link LightEpoch#acquireSlot}
   */
  public SessionSlot(LightEpoch epoch, long slot) {
    this(epoch, slot, DEFAULT_STREAK);
  }

  /** As the other, with the entries in a row by which a thread becomes the owner. */
  SessionSlot(LightEpoch epoch, long slot, int streakWanted) {
    this.epoch = epoch;
    this.slot = slot;
    this.ownersWord = LightEpoch.ownersWord(slot);
    this.epochWord = epoch.currentWord();
    this.streakWanted = streakWanted;
    this.sharedWord = slot;
    this.insideWord = slot;
  }

  /**
   * Enters: from now on nothing that this thread reads from shared structures is taken away.
   *
   * @return false if somebody is inside, the same thread included
   */
  public boolean tryEnter() {
    return tryEnterOwned() || tryAnnounceShared(Memory.getLongAcquire(epochWord));
  }

  /** As {@link #tryEnter}, but false, too, if the thread is not the slot's owner. */
  public boolean tryEnterOwned() {
    return tryAnnounceOwned(Memory.getLongAcquire(epochWord));
  }

  /** Takes the slot without protection; false if somebody is inside. */
  public boolean tryEnterSuspended() {
    return tryAnnounceOwned(LightEpoch.SUSPENDED) || tryAnnounceShared(LightEpoch.SUSPENDED);
  }

  /** Leaves, and runs what has become safe by it. */
  public void leave() {
    Memory.putLongRelease(insideWord, LightEpoch.OUTSIDE);
    epoch.drainIfPending();
  }

  /** Takes {@link #tryEnterOwned} back, before anything has been done. */
  public void leaveUnchanged() {
    Memory.putLongRelease(ownersWord, LightEpoch.OUTSIDE);
  }

  /** As {@link LightEpoch#suspend}; who is inside only. */
  public void suspend() {
    epoch.suspend(insideWord);
  }

  /** As {@link LightEpoch#resume}; who is inside only. */
  public void resume() {
    epoch.resume(insideWord);
  }

  /**
   * Takes the slot without protection for a moment, for another than its user; one thread at a
   * time.
   */
  public boolean tryHold() {
    holdSequence++;
    if (!tryTake()) {
      holdSequence++;
      return false;
    }
    return true;
  }

  /** Ends {@link #tryHold}. */
  public void letGo() {
    insideWord = takenWord;
    // Before the slot is free, or two could be in.
    OWNER.setRelease(this, takenOwner);
    epoch.leave(slot);
    holdSequence++;
  }

  /**
   * Whether the slot was not to be had because another holds it, or did so just now. Even and
   * unchanged around a look at a taken slot, the sequence proves that nobody did.
   */
  public boolean isHeld() {
    long sequence = holdSequence;
    boolean taken = announced() != LightEpoch.OUTSIDE;
    return !taken || (sequence & 1) != 0 || sequence != holdSequence;
  }

  /** Takes the slot without protection for good, for another than its user. */
  public boolean tryTake() {
    if (!LightEpoch.tryAnnounce(slot, LightEpoch.SUSPENDED)) {
      return false;
    }
    Thread before = (Thread) OWNER.getAcquire(this);
    if (before != null && !tryDisown(before)) {
      return false;
    }
    takenOwner = before;
    takenWord = insideWord;
    insideWord = slot;
    return true;
  }

  /**
   * Keeps all out for good, though another may get the slot; for who is inside. The slot stays
   * taken until it is {@linkplain LightEpoch#releaseSlot released}.
   */
  public void close() {
    if (insideWord == ownersWord) {
      // Who has the slot now finds the owner inside, and gives it back.
      while (!LightEpoch.tryAnnounce(slot, LightEpoch.SUSPENDED)) {
        Thread.onSpinWait();
      }
      OWNER.setRelease(this, (Thread) null);
      Memory.putLongRelease(ownersWord, LightEpoch.OUTSIDE);
    }
    sharedWord = epoch.deadSlot();
    insideWord = sharedWord;
  }

  /** The epoch announced, 0 if nobody is inside. */
  public long announced() {
    return epoch.announced(sharedWord);
  }

  private boolean tryAnnounceOwned(long announcement) {
    Thread me = Thread.currentThread();
    long word = ownersWord;
    if ((Thread) OWNER.getOpaque(this) == me && Memory.getLong(word, 0) == LightEpoch.OUTSIDE) {
      Pauses.at(PausePoint.OWNER_FOUND);
      Memory.putLongOpaque(word, announcement);
      VarHandle.acquireFence();
      Pauses.at(PausePoint.OWNER_ANNOUNCED);
      if ((Thread) OWNER.getAcquire(this) == me) {
        return true;
      }
      leaveUnchanged();
    }
    return false;
  }

  private boolean tryAnnounceShared(long announcement) {
    if (!LightEpoch.tryAnnounce(sharedWord, announcement)) {
      return false;
    }
    Thread me = Thread.currentThread();
    Thread before = (Thread) OWNER.getAcquire(this);
    if (before != null && !tryDisown(before)) {
      return false;
    }
    insideWord = sharedWord;
    if (latest != me) {
      latest = me;
      streak = 0;
    } else if (++streak >= streakWanted && mayOwn(me)) {
      own(me, announcement);
    }
    return true;
  }

  /** Takes ownership away, with the slot taken; gives both back if the owner is inside. */
  private boolean tryDisown(Thread before) {
    OWNER.setRelease(this, (Thread) null);
    if (before != Thread.currentThread()) {
      ProcessBarrier.run();
    }
    if (Memory.getLongVolatile(ownersWord) == LightEpoch.OUTSIDE) {
      return true;
    }
    OWNER.setRelease(this, before);
    Memory.putLongRelease(slot, LightEpoch.OUTSIDE);
    return false;
  }

  private boolean mayOwn(Thread me) {
    Thread former = epoch.formerOwner(slot);
    return ProcessBarrier.isAvailable() && (former == null || former == me || !former.isAlive());
  }

  /** Makes the thread that is inside the owner. */
  private void own(Thread me, long announcement) {
    epoch.formerOwner(slot, me);
    epoch.expectOwners();
    OWNER.setRelease(this, me);
    Memory.putLongRelease(ownersWord, announcement);
    Memory.putLongRelease(slot, LightEpoch.OUTSIDE);
    insideWord = ownersWord;
  }
}
