package dev.peregrine.mutants;

import dev.peregrine.memory.Memory;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What a {@link Mutant} does in the place of a call: the same as one of weaker mode, or nothing.
 * Called by mutated classes only, which is why receivers that it does not use are objects.
 */
public final class Weak {
  private Weak() {}

  /** A CAS without atomicity and without a fence. */
  public static boolean checkThenPut(long address, long expected, long value) {
    if (Memory.getLong(address) != expected) {
      return false;
    }
    Memory.putLong(address, value);
    return true;
  }

  /** A CAS without atomicity; a full fence follows it, as it follows the CAS. */
  public static boolean checkThenPutVolatile(long address, long expected, long value) {
    if (Memory.getLongVolatile(address) != expected) {
      return false;
    }
    Memory.putLongVolatile(address, value);
    return true;
  }

  /** A CAS that does not look, and always succeeds. */
  public static boolean putUnchecked(long address, long expected, long value) {
    Memory.putLongVolatile(address, value);
    return true;
  }

  /** A CAS that changes nothing, and succeeds if it would have. */
  public static boolean checkOnly(long address, long expected, long value) {
    return Memory.getLongVolatile(address) == expected;
  }

  /** A volatile store without the fence behind it. */
  public static void putRelease(long address, long value) {
    Memory.putLongRelease(address, value);
  }

  /** An atomic add in two steps. */
  public static long addInTwoSteps(long address, long delta) {
    long before = Memory.getLongVolatile(address);
    Memory.putLongVolatile(address, before + delta);
    return before;
  }

  /** A CAS of an element without atomicity. */
  public static boolean checkThenSet(AtomicLongArray words, int index, long expected, long value) {
    if (words.get(index) != expected) {
      return false;
    }
    words.set(index, value);
    return true;
  }

  /** Counts one, whatever there is. */
  public static int one(Object receiver, long first, long second, long third) {
    return 1;
  }

  /** A question answered with no. */
  public static boolean no(Object receiver) {
    return false;
  }

  /** A question about an address answered with no. */
  public static boolean noneOver(Object receiver, long address) {
    return false;
  }

  /** An epoch that is always safe. */
  public static long everyEpoch(Object receiver) {
    return Long.MAX_VALUE;
  }

  /** No barrier. */
  public static void noBarrier() {}

  /** Whoever asks who the owner of something is, owns it. */
  public static Thread currentThread(VarHandle field, Object receiver) {
    return Thread.currentThread();
  }

  /** Nothing is stored. */
  public static void nothing(Object receiver, long value) {}

  /** Nothing is stored at an address. */
  public static void nothingAt(long address) {}
}
