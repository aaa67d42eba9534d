package dev.peregrine.device;

/**
 * Receives the outcomes of requests, on the thread that polls the queue and only inside {@link
 * DeviceQueue#poll} or {@link DeviceQueue#await}.
 *
 * <p>A sink may enqueue further requests on the same queue; it must not poll or close it.
 */
public interface CompletionSink {
  /**
   * A request has been carried out.
   *
   * @param token the token it was enqueued with
   * @param bytes the bytes transferred: all that were asked for, or fewer only for a read that met
   *     the end of what was ever written (the rest of the buffer is then unspecified)
   */
  void onCompletion(long token, int bytes);

  /**
   * A request has failed; how much of it took effect is unknown.
   *
   * @param token the token it was enqueued with
   * @param cause names the operation, the path, the offset and the errno
   */
  void onFailure(long token, DeviceException cause);
}
