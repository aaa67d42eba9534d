package dev.peregrine.device;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A sink that remembers what it was told. Used by one thread. */
final class Outcomes implements CompletionSink {
  private final Map<Long, Integer> bytes = new HashMap<>();
  private final Map<Long, DeviceException> failures = new HashMap<>();
  private final List<Long> twice = new ArrayList<>();

  @Override
  public void onCompletion(long token, int transferred) {
    if (bytes.put(token, transferred) != null || failures.containsKey(token)) {
      twice.add(token);
    }
  }

  @Override
  public void onFailure(long token, DeviceException cause) {
    if (failures.put(token, cause) != null || bytes.containsKey(token)) {
      twice.add(token);
    }
  }

  int count() {
    if (!twice.isEmpty()) {
      throw new AssertionError("delivered twice: " + twice);
    }
    return bytes.size() + failures.size();
  }

  int bytes(long token) {
    DeviceException failure = failures.get(token);
    if (failure != null) {
      throw new AssertionError("token " + token + " failed", failure);
    }
    Integer transferred = bytes.get(token);
    if (transferred == null) {
      throw new AssertionError("token " + token + " was not delivered");
    }
    return transferred;
  }

  DeviceException failure(long token) {
    DeviceException failure = failures.get(token);
    if (failure == null) {
      throw new AssertionError("token " + token + " did not fail: " + bytes.get(token));
    }
    return failure;
  }
}
