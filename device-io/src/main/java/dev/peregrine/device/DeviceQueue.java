package dev.peregrine.device;

/**
 * A handle for submitting requests to a {@link Device} and collecting their completions.
 *
 * <p>One thread uses a queue at a time; whether it may be another thread later is decided by the
 * {@link QueueMode} it was opened with. Requests complete in any order. Buffers are raw native
 * addresses: they must stay valid and, for a write, unchanged until the request's completion has
 * been delivered. Offset, address and length must be multiples of {@link Device#sectorBytes()}.
 */
public interface DeviceQueue extends AutoCloseable {
  /** The greatest number of requests that can be outstanding (enqueued and not yet delivered). */
  int depth();

  /** Requests enqueued and not yet delivered to a sink. */
  int inFlight();

  /**
   * Enqueues a read; {@link #submit()} starts it. A read past the end of the device completes with
   * 0 bytes; space that was allocated and not written reads as zeros or ends the read. A read below
   * the {@linkplain Device#beginOffset() beginning} fails through the sink.
   *
   * @param deviceOffset where to read, in bytes
   * @param address the native address to read to
   * @param bytes how much, inside one segment
   * @param token handed to the sink with the outcome
   * @return false, and nothing is enqueued, when {@link #depth()} requests are outstanding
   * @throws IllegalArgumentException for a request that is unaligned, empty, or crosses a segment
   */
  boolean read(long deviceOffset, long address, int bytes, long token);

  /**
   * Enqueues a write; {@link #submit()} starts it. The range must have been {@linkplain
   * Device#ensureCapacity allocated}, otherwise it fails through the sink. Completion does not make
   * it durable: {@link Device#sync()} does.
   *
   * @param deviceOffset where to write, in bytes
   * @param address the native address to write from
   * @param bytes how much, inside one segment
   * @param token handed to the sink with the outcome
   * @return false, and nothing is enqueued, when {@link #depth()} requests are outstanding
   * @throws IllegalArgumentException for a request that is unaligned, empty, or crosses a segment
   * @throws DeviceException if an earlier write or sync of the device failed
   */
  boolean write(long deviceOffset, long address, int bytes, long token);

  /**
   * Starts all requests enqueued since the last call, in one system call where the device can.
   *
   * @return how many were started
   */
  int submit();

  /**
   * Delivers completions that have arrived, without blocking. Requests that were enqueued but not
   * submitted are submitted first.
   *
   * @param sink receives the outcomes
   * @param limit the most to deliver
   * @return how many were delivered
   */
  int poll(CompletionSink sink, int limit);

  /**
   * As {@link #poll}, but blocks until at least one completion has arrived, the time is up, or
   * nothing is in flight.
   *
   * @param sink receives the outcomes
   * @param limit the most to deliver
   * @param timeoutNanos the longest to wait
   * @return how many were delivered
   */
  int await(CompletionSink sink, int limit, long timeoutNanos);

  /**
   * Announces a memory range that requests will use, so that the device may pin it once instead of
   * at each request. Optional: a device that cannot, or a limit that forbids it, changes nothing.
   * The device may pin the pages until the queue is closed: until then the range must not be
   * unmapped, nor its memory given back to the system.
   *
   * @param address start of the range, aligned to the sector
   * @param bytes its length
   * @return whether requests inside the range take the faster path
   */
  boolean registerBuffer(long address, long bytes);

  /** Waits for the requests in flight, drops their outcomes, and releases the queue. Idempotent. */
  @Override
  void close();
}
