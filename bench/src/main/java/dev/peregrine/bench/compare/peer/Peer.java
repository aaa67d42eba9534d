package dev.peregrine.bench.compare.peer;

/**
 * An engine that is open and holds 8-byte keys and values of one length. One thread, except {@link
 * #newSession}, which any worker may call.
 *
 * <p>A better way to read, such as in batches, comes in as one more engine, whose session overrides
 * {@link PeerSession#read(Keystream, int)}.
 */
public interface Peer extends AutoCloseable {
  /** One line about what was opened, for people. */
  String describe();

  /** A handle for the calling thread. */
  PeerSession newSession();

  /** A handle for the calling thread, to put the first records in as fast as the engine can. */
  default PeerSession newLoader() {
    return newSession();
  }

  /** How many threads load best. */
  default int loaders(int threads) {
    return threads;
  }

  /** Waits until the engine has done what it does in the background after many writes. */
  default void settle() {}

  @Override
  void close();
}
