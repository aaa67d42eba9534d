package dev.peregrine.internal.ops;

import java.util.function.LongConsumer;

/**
 * Up to which serial number a session's operations are durable, and who is told of it. {@link
 * #committed} is called by the coordinator, {@link #serial} by any thread, the rest by the
 * session's thread.
 */
final class Durability {
  private volatile long serial;
  private long reported;
  private LongConsumer listener;

  /** What is durable by now is known without being told. */
  void start() {
    reported = serial;
  }

  long serial() {
    return serial;
  }

  void committed(long newSerial) {
    serial = newSerial;
  }

  void listener(LongConsumer newListener) {
    listener = newListener;
  }

  /** Tells the listener what has become durable since it was told last. */
  void report() {
    long durable = serial;
    if (durable > reported) {
      reported = durable;
      if (listener != null) {
        listener.accept(durable);
      }
    }
  }
}
