package dev.peregrine.bench;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.Store;
import dev.peregrine.StoreConfig;
import dev.peregrine.device.Device;
import dev.peregrine.device.DeviceKind;
import dev.peregrine.device.DeviceOptions;
import dev.peregrine.device.Devices;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The demo is worth something only if it fails when something is wrong. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class DemoSabotageTest {
  private static final DemoPlan PLAN = new DemoPlan(20_000, 100, 2, 0.3, 64, 0, DeviceKind.MEMORY);

  private BrokenDevice broken;

  private static Device device(StoreConfig config) {
    return Devices.open(
        DeviceOptions.builder()
            .kind(DeviceKind.MEMORY)
            .segmentBytes(config.segmentBytes())
            .build());
  }

  private static Demo demo(Function<StoreConfig, Store> opener) {
    return new Demo(PLAN, null, new PrintWriter(new StringWriter()), opener);
  }

  @Test
  void shouldPassWhenNothingIsBroken() {
    assertDoesNotThrow(() -> demo(config -> Store.open(config, device(config))).run());
  }

  @ParameterizedTest
  @EnumSource
  void shouldFailWhenTheDeviceIsBroken(BrokenDevice.Fault fault) {
    Demo demo =
        demo(
            config -> {
              broken = new BrokenDevice(device(config), fault);
              return Store.open(config, broken);
            });
    RuntimeException failed = assertThrows(RuntimeException.class, demo::run);
    assertTrue(Failures.isExplained(failed), failed.toString());
    assertTrue(broken.faults() > 0);
  }
}
