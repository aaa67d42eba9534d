package dev.peregrine.internal.hlog;

import java.util.Arrays;

/**
 * What the pages of a log say that they are: of which store, and by which of its runs each was
 * written. A run's generation counts from the page on that it began to write; pages behind it that
 * an earlier run left are none of the log.
 *
 * <p>Immutable; any thread.
 */
public final class PageIdentity {
  private static final int FIRST_GENERATION = 1;

  private final long storeId;
  private final long[] firstPages;
  private final int[] generations;

  private PageIdentity(long storeId, long[] firstPages, int[] generations) {
    this.storeId = storeId;
    this.firstPages = firstPages;
    this.generations = generations;
  }

  /**
   * The identity of a new log.
   *
   * @param storeId a random number
   */
  public static PageIdentity create(long storeId) {
    return new PageIdentity(storeId, new long[] {0}, new int[] {FIRST_GENERATION});
  }

  /**
   * The identity that was kept.
   *
   * @param storeId the number that the log was created with
   * @param firstPages where each run began to write, ascending, the first 0
   * @param generations of these runs, ascending and above 0
   * @throws IllegalArgumentException if they are no such lists
   */
  public static PageIdentity of(long storeId, long[] firstPages, int[] generations) {
    if (firstPages.length == 0
        || firstPages.length != generations.length
        || firstPages[0] != 0
        || generations[0] <= 0) {
      throw new IllegalArgumentException(
          "not the runs of a log: pages "
              + Arrays.toString(firstPages)
              + ", generations "
              + Arrays.toString(generations));
    }
    for (int i = 1; i < firstPages.length; i++) {
      if (firstPages[i] <= firstPages[i - 1] || generations[i] <= generations[i - 1]) {
        throw new IllegalArgumentException(
            "the run of generation " + generations[i] + " begins before the one before it");
      }
    }
    return new PageIdentity(storeId, firstPages.clone(), generations.clone());
  }

  /**
   * The identity for a run that goes on at a page.
   *
   * @param firstPage the first page whose footer it will write; what earlier runs wrote from there
   *     on is void
   * @param generation greater than all before, also than those of runs that left nothing
   */
  public PageIdentity withRun(long firstPage, int generation) {
    if (firstPage < 0 || generation <= generation()) {
      throw new IllegalArgumentException(
          "generation " + generation + " at page " + firstPage + " after " + generation());
    }
    int kept = 0;
    while (kept < firstPages.length && firstPages[kept] < firstPage) {
      kept++;
    }
    long[] pages = Arrays.copyOf(firstPages, kept + 1);
    int[] numbers = Arrays.copyOf(generations, kept + 1);
    pages[kept] = firstPage;
    numbers[kept] = generation;
    return new PageIdentity(storeId, pages, numbers);
  }

  /** The store's number. */
  public long storeId() {
    return storeId;
  }

  /** The generation of the latest run. */
  public int generation() {
    return generations[generations.length - 1];
  }

  /** The generation that a page must have. */
  public int generationOf(long page) {
    int at = Arrays.binarySearch(firstPages, page);
    return generations[at >= 0 ? at : -at - 2];
  }

  /** Where each run began to write. */
  public long[] firstPages() {
    return firstPages.clone();
  }

  /** The generations of these runs. */
  public int[] generations() {
    return generations.clone();
  }
}
