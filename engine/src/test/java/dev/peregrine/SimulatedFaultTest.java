package dev.peregrine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.device.DeviceException;
import dev.peregrine.device.FaultPlan;
import dev.peregrine.device.SimulatedDevice;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The faults of the simulated device, each step in turn, with delays and short transfers. */
class SimulatedFaultTest {
  private static final int STEPS = 20;
  private static final int KEYS = 6_000;

  private static SimulatedDevice device(long seed, FaultPlan.Builder plan) {
    return SimulatedDevice.create(1 << 20, seed, plan.shortTransferRate(0.2).maxDelay(4).build());
  }

  private static byte[] value(StoreKind kind, int key) {
    byte[] value = new byte[kind == StoreKind.LONG_TO_LONG ? Long.BYTES : 100];
    value[0] = (byte) key;
    value[3] = (byte) (key >>> 8);
    return value;
  }

  @ParameterizedTest
  @EnumSource(StoreKind.class)
  void shouldKeepAllThatWasTakenWhenTheNthWriteFails(StoreKind kind) {
    Seeds.run(
        1,
        seed -> {
          for (int n = 1; n <= STEPS; n++) {
            SimulatedDevice device = device(seed + n, FaultPlan.builder().failingWrite(n));
            try (Store store = TestStores.tinyOn(device, kind, 1, 8, 8);
                Session session = store.newSession()) {
              KindFace face = new KindFace(kind, session);
              StoreIoException failure = null;
              int stored = 0;
              while (failure == null) {
                assertTrue(stored < KEYS, "the failure reached nobody");
                try {
                  face.upsert(stored, value(kind, stored));
                  stored++;
                } catch (StoreIoException e) {
                  failure = e;
                }
              }
              assertEquals(1, device.faults().writeErrors());
              assertEquals(Severity.WRITES, failure.severity());
              DeviceException cause = assertInstanceOf(DeviceException.class, failure.getCause());
              assertEquals("write", cause.operation());
              for (int key = 0; key < stored; key++) {
                assertArrayEquals(value(kind, key), face.get(key), "key " + key);
              }
            }
          }
        });
  }

  @ParameterizedTest
  @EnumSource(StoreKind.class)
  void shouldFailOneOperationWhenTheNthReadFails(StoreKind kind) {
    Seeds.run(
        1,
        seed -> {
          for (int n = 1; n <= STEPS; n++) {
            SimulatedDevice device = device(seed + n, FaultPlan.builder().failingRead(n));
            try (Store store = TestStores.tinyOn(device, kind, 1, 8, 8);
                Session session = store.newSession()) {
              KindFace face = new KindFace(kind, session);
              for (int key = 0; key < KEYS; key++) {
                face.upsert(key, value(kind, key));
              }
              StoreIoException failure = null;
              for (int key = 0; key < 4 * STEPS; key++) {
                try {
                  assertArrayEquals(value(kind, key), face.get(key), "key " + key);
                } catch (StoreIoException e) {
                  assertNull(failure, "a second read failed");
                  failure = e;
                }
              }
              assertEquals(1, device.faults().readErrors());
              assertEquals(Severity.CALL, failure.severity());
              assertEquals(0, session.pendingCount());
            }
          }
        });
  }
}
