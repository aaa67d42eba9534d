package dev.peregrine.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.memory.NativeRegion;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class NullDeviceTest extends DeviceContract {
  @Override
  protected Device openDevice(Path directory, long segmentBytes) {
    return Devices.open(
        DeviceOptions.builder().kind(DeviceKind.NULL).segmentBytes(segmentBytes).build());
  }

  @Override
  protected boolean keepsData() {
    return false;
  }

  @Override
  protected boolean reopens() {
    return false;
  }

  @Test
  void shouldFailWhenRead() {
    try (Device device = openDevice(directory, SEGMENT_BYTES);
        DeviceQueue queue = device.openQueue(1, QueueMode.SINGLE_THREAD);
        NativeRegion buffer = NativeRegion.reserve(4096)) {
      device.ensureCapacity(SEGMENT_BYTES);
      assertTrue(queue.read(512, buffer.address(), 512, 9));
      Outcomes outcomes = new Outcomes();
      assertEquals(1, queue.await(outcomes, 1, 1));
      DeviceException e = outcomes.failure(9);
      assertEquals(512, e.offset());
      assertTrue(e.getMessage().contains("null device keeps nothing"), e.getMessage());
    }
  }
}
