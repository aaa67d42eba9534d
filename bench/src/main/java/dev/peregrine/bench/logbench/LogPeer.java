package dev.peregrine.bench.logbench;

/**
 * A log that is open. One thread, except {@link #newAppender}, which any producer may call for
 * itself.
 */
interface LogPeer extends AutoCloseable {
  /** What one producer appends with, in memory that suits the engine. One thread. */
  interface Appender extends AutoCloseable {
    /** Puts a word into the entry that is appended next. */
    void put(int offset, long word);

    /** Appends the entry, and puts off what the cell's durability lets it put off. */
    void append();

    /** Waits until all that this producer appended is durable, by the engine's own means. */
    void commit();

    @Override
    default void close() {}
  }

  /** An appender for the calling thread. */
  Appender newAppender();

  /** After all producers have ended: has everything durable, or, without sync, out of our hands. */
  void finish();

  /** Reads all entries from the first on. */
  void read(EntryPattern.Check check);

  @Override
  void close();
}
