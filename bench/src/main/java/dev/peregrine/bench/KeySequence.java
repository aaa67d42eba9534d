package dev.peregrine.bench;

import java.util.stream.IntStream;
import site.ycsb.generator.ScrambledZipfianGenerator;

/**
 * The records that operations ask for, drawn before anything is measured.
 *
 * <p>Zipfian draws come from YCSB's published generator, which has no seed: two sequences of one
 * size differ, and stores that are compared must be given the same one. Uniform draws repeat with
 * the seed. Read-only once built; any thread.
 */
public final class KeySequence {
  private static final int MIN_LENGTH = 1 << 16;
  private static final int MAX_LENGTH = 1 << 24;
  private static final int PART_LENGTH = 1 << 14;

  private final long[] indices;

  private KeySequence(long[] indices) {
    this.indices = indices;
  }

  /**
   * Draws about two for each record, within bounds.
   *
   * @param records how many records there are: at least 1
   */
  public static KeySequence draw(Distribution distribution, long records, long seed) {
    long wanted = Math.clamp(2 * records, MIN_LENGTH, MAX_LENGTH);
    int length = Math.toIntExact(Long.highestOneBit(2 * wanted - 1));
    long[] indices = new long[length];
    IntStream.range(0, length / PART_LENGTH)
        .parallel()
        .forEach(part -> fill(indices, part, distribution, records, seed));
    return new KeySequence(indices);
  }

  private static void fill(
      long[] indices, int part, Distribution distribution, long records, long seed) {
    int from = part * PART_LENGTH;
    switch (distribution) {
      case UNIFORM -> {
        Choices choices = new Choices(seed * MAX_LENGTH + part);
        for (int i = from; i < from + PART_LENGTH; i++) {
          indices[i] = choices.below(records);
        }
      }
      case ZIPF -> {
        ScrambledZipfianGenerator zipf = new ScrambledZipfianGenerator(records);
        for (int i = from; i < from + PART_LENGTH; i++) {
          indices[i] = zipf.nextValue();
        }
      }
    }
  }

  /** The indices themselves, a power of two of them; not to be changed. */
  long[] indices() {
    return indices;
  }

  /** The keys of the indices, in a new array. */
  public long[] keys() {
    long[] keys = new long[indices.length];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = Keys.of(indices[i]);
    }
    return keys;
  }

  /** Where one of several workers begins, so that they do not ask for the same in lock-step. */
  public static int offset(int length, int worker, int workers) {
    return (int) ((long) length * worker / workers);
  }
}
