package dev.peregrine.bench;

import dev.peregrine.CheckpointToken;
import java.util.ArrayList;
import java.util.List;

/** What a {@link KillChild} has said so far. Not safe for threads. */
final class KillTranscript {
  private static final String END = " .";
  private static final int FIRST_SERIAL = 4;

  /**
   * A promise.
   *
   * @param token the checkpoint
   * @param kind its kind
   * @param nanos how long it took
   * @param serials what each session knew to be durable after it
   */
  record Durable(CheckpointToken token, String kind, long nanos, long[] serials) {}

  private final List<Durable> durables = new ArrayList<>();
  private final long[] ids;
  private boolean ready;
  private String failure;

  KillTranscript(int sessions) {
    ids = new long[sessions];
  }

  /** Takes a line; one that has not come as a whole says nothing. */
  void take(String line) {
    if (!line.endsWith(END)) {
      return;
    }
    String[] words = line.substring(0, line.length() - END.length()).split(" ");
    switch (words[0]) {
      case "session" -> ids[Integer.parseInt(words[1])] = Long.parseLong(words[2]);
      case "ready" -> ready = true;
      case "durable" -> {
        long[] serials = new long[ids.length];
        for (int i = 0; i < serials.length; i++) {
          serials[i] = Long.parseLong(words[FIRST_SERIAL + i]);
        }
        CheckpointToken token = CheckpointToken.parse(words[1]);
        durables.add(new Durable(token, words[2], Long.parseLong(words[3]), serials));
      }
      default -> failure = String.join(" ", words);
    }
  }

  /** Whether all sessions work. */
  boolean isReady() {
    return ready;
  }

  /** Throws if the child said that something is wrong. */
  void requireNoFailure() {
    if (failure != null) {
      throw new CheckFailedException("the child says: " + failure);
    }
  }

  /** The promises, in their order. */
  List<Durable> durables() {
    return List.copyOf(durables);
  }

  /** The sessions' ids, 0 for those that it had not opened. */
  long[] ids() {
    return ids.clone();
  }
}
