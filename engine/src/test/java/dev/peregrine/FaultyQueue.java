package dev.peregrine;

import dev.peregrine.device.CompletionSink;
import dev.peregrine.device.DeviceException;
import dev.peregrine.device.DeviceQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/** A queue of a {@link FaultyDevice}: keeps requests back and carries them out when it delivers. */
final class FaultyQueue implements DeviceQueue {
  private static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final FaultyDevice device;
  private final DeviceQueue inner;
  private final SplittableRandom random;
  private final List<Request> requests = new ArrayList<>();
  private final Outcome outcome = new Outcome();

  private record Request(
      boolean write, long offset, long address, int bytes, long token, boolean fails) {}

  FaultyQueue(FaultyDevice device, DeviceQueue inner, long seed) {
    this.device = device;
    this.inner = inner;
    this.random = new SplittableRandom(seed);
  }

  @Override
  public int depth() {
    return inner.depth();
  }

  @Override
  public int inFlight() {
    return requests.size();
  }

  @Override
  public boolean read(long deviceOffset, long address, int bytes, long token) {
    if (requests.size() == depth()) {
      return false;
    }
    boolean fails = device.readFails.test(device.readNumber.incrementAndGet());
    return requests.add(new Request(false, deviceOffset, address, bytes, token, fails));
  }

  @Override
  public boolean write(long deviceOffset, long address, int bytes, long token) {
    if (requests.size() == depth()) {
      return false;
    }
    boolean fails = device.writeFails.test(device.writeNumber.incrementAndGet());
    return requests.add(new Request(true, deviceOffset, address, bytes, token, fails));
  }

  @Override
  public int submit() {
    if (requests.stream().anyMatch(request -> !request.write)) {
      device.submittedReads.set(device.readNumber.get());
    }
    return requests.size();
  }

  @Override
  public int poll(CompletionSink sink, int limit) {
    if (device.stalled || requests.isEmpty()) {
      return 0;
    }
    int ready = device.reorders ? random.nextInt(requests.size() + 1) : requests.size();
    return deliver(sink, Math.min(limit, ready));
  }

  @Override
  public int await(CompletionSink sink, int limit, long timeoutNanos) {
    if (device.stalled || requests.isEmpty()) {
      Thread.yield();
      return 0;
    }
    int ready = device.reorders ? 1 + random.nextInt(requests.size()) : requests.size();
    return deliver(sink, Math.min(limit, ready));
  }

  @Override
  public boolean registerBuffer(long address, long bytes) {
    return inner.registerBuffer(address, bytes);
  }

  @Override
  public void close() {
    requests.clear();
    inner.close();
  }

  private int deliver(CompletionSink sink, int count) {
    for (int i = 0; i < count; i++) {
      int index = device.reorders ? random.nextInt(requests.size()) : 0;
      deliver(requests.remove(index), sink);
    }
    return count;
  }

  private void deliver(Request request, CompletionSink sink) {
    if (request.fails) {
      device.injected.incrementAndGet();
      if (request.write && device.failedWritesLand) {
        carryOut(request);
      }
      String operation = request.write ? "write" : "read";
      sink.onFailure(
          request.token,
          new DeviceException(
              operation, FaultyDevice.PATH, request.offset, FaultyDevice.EIO, "injected"));
      return;
    }
    carryOut(request);
    if (outcome.failure != null) {
      sink.onFailure(request.token, outcome.failure);
    } else if (request.write) {
      sink.onCompletion(request.token, outcome.bytes);
    } else {
      int bytes = device.readFilter.filter(request.offset, request.address, outcome.bytes);
      sink.onCompletion(request.token, bytes);
    }
  }

  private void carryOut(Request request) {
    outcome.failure = null;
    boolean accepted =
        request.write
            ? inner.write(request.offset, request.address, request.bytes, request.token)
            : inner.read(request.offset, request.address, request.bytes, request.token);
    if (!accepted) {
      throw new IllegalStateException("the inner queue is full");
    }
    inner.submit();
    while (inner.inFlight() > 0) {
      inner.await(outcome, 1, WAIT_NANOS);
    }
  }

  private static final class Outcome implements CompletionSink {
    private int bytes;
    private DeviceException failure;

    @Override
    public void onCompletion(long token, int transferred) {
      bytes = transferred;
    }

    @Override
    public void onFailure(long token, DeviceException cause) {
      failure = cause;
    }
  }
}
