package dev.peregrine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.device.DeviceKind;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class StoreConfigTest {
  private static StoreConfig.Builder builder() {
    return StoreConfig.builder(StoreKind.BYTES_TO_BYTES).device(DeviceKind.MEMORY);
  }

  private static void refused(Consumer<StoreConfig.Builder> change, String... parts) {
    StoreConfig.Builder builder = builder();
    change.accept(builder);
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, builder::build);
    for (String part : parts) {
      assertTrue(e.getMessage().contains(part), () -> "no " + part + " in: " + e.getMessage());
    }
  }

  @Test
  void shouldTakeTheDefaultsWhenNothingIsSet() {
    StoreConfig config = builder().build();
    assertEquals(256L << 20, config.memoryBytes());
    assertEquals(1 << 20, config.pageBytes());
    assertEquals(64 << 10, config.maxRecordBytes());
    assertEquals(StoreKind.BYTES_TO_BYTES, config.kind());
    assertEquals(4096 - 40, builder().pageBytes(4096).build().maxRecordBytes());
  }

  @Test
  void shouldNameFieldAndRangeWhenANumberIsOutside() {
    for (long bad : new long[] {Long.MIN_VALUE, -1, 0, (256 << 10) - 1}) {
      refused(b -> b.memoryBytes(bad), "memoryBytes", "" + bad, "262144");
    }
    for (long bad : new long[] {Long.MIN_VALUE, -1, (1 << 20) + 1, Long.MAX_VALUE}) {
      refused(b -> b.memoryBytes(1 << 20).indexBytes(bad), "indexBytes", "" + bad, "1048576");
    }
    for (int bad : new int[] {Integer.MIN_VALUE, -4096, 0, 2048, 128 << 20, Integer.MAX_VALUE}) {
      refused(b -> b.pageBytes(bad), "pageBytes", "" + bad);
    }
    refused(b -> b.pageBytes(12288), "pageBytes", "12288", "power of two");
    for (long bad : new long[] {Long.MIN_VALUE, -1, 0, 4096, 2L << 40}) {
      refused(b -> b.segmentBytes(bad), "segmentBytes", "" + bad, "1048576", "1099511627776");
    }
    refused(b -> b.segmentBytes((64 << 20) + 4096), "segmentBytes", "power of two");
    for (int bad : new int[] {Integer.MIN_VALUE, -1, 0, 4097}) {
      refused(b -> b.maxSessions(bad), "maxSessions", "" + bad, "1 to 4096");
      refused(b -> b.pendingDepth(bad), "pendingDepth", "" + bad, "1 to 4096");
    }
    // A page of 256 blocks: the last has the footer, 40 bytes and 4 for each of the others, padded.
    int most = (1 << 20) - 40 - 4 * 255 - 4;
    for (int bad : new int[] {Integer.MIN_VALUE, -1, 63, most + 1, 1 << 20}) {
      refused(b -> b.maxRecordBytes(bad), "maxRecordBytes", "" + bad, "64 to " + most);
    }
    assertEquals(most, builder().maxRecordBytes(most).build().maxRecordBytes());
  }

  @Test
  void shouldNameTheRangeWhenTheMutableFractionIsOutside() {
    for (double bad : new double[] {-1, 0, 1.01, Double.NaN, Double.POSITIVE_INFINITY}) {
      refused(b -> b.mutableFraction(bad), "mutableFraction", "" + bad, "above 0");
    }
    assertEquals(1, builder().mutableFraction(1).build().mutableFraction());
  }

  @Test
  void shouldRefuseWhenAnObjectIsMissing() {
    assertThrows(NullPointerException.class, () -> StoreConfig.builder(null).build());
    assertThrows(NullPointerException.class, () -> builder().device(null).build());
    for (DeviceKind kind : new DeviceKind[] {DeviceKind.AUTO, DeviceKind.URING, DeviceKind.PREAD}) {
      refused(b -> b.device(kind), "directory", kind.toString());
      assertEquals(kind, builder().device(kind).directory(Path.of(".")).build().device());
    }
    assertEquals(DeviceKind.NULL, builder().device(DeviceKind.NULL).build().device());
  }

  @Test
  void shouldTakeTheEdgesWhenTheyAreInRange() {
    builder().pageBytes(4096).memoryBytes(256 << 10).segmentBytes(4096).build();
    builder().pageBytes(64 << 20).build();
    builder().segmentBytes(1L << 40).maxSessions(4096).pendingDepth(4096).build();
    builder().maxRecordBytes(64).build();
    builder().indexBytes(256 << 20).build();
  }
}
