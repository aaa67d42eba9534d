package dev.peregrine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.function.IntConsumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Functions that throw or ask for nonsense, wherever the record is: the value stays as it was. */
class FunctionFailureTest {
  private static final int VALUE_BYTES = 200;
  private static final int MANY = 500;

  /** Fails at a step, after it has written what it can. */
  private static final class Failing implements UpdateFunction {
    private final int failsAt;
    private final int length;

    Failing(int failsAt, int length) {
      this.failsAt = failsAt;
      this.length = length;
    }

    private void step(int number) {
      if (number == failsAt) {
        throw new ArithmeticException("step " + number);
      }
    }

    private void spoil(ValueBuffer value) {
      for (int i = 0; i < value.length(); i++) {
        value.putByte(i, (byte) 0xEE);
      }
    }

    @Override
    public int initialLength(long argument) {
      step(1);
      return length;
    }

    @Override
    public void initialize(ValueBuffer value, long argument) {
      spoil(value);
      step(2);
    }

    @Override
    public int updatedLength(ValueView value, long argument) {
      step(3);
      return length;
    }

    @Override
    public void update(ValueBuffer value, long argument) {
      spoil(value);
      step(4);
    }
  }

  private static byte[] value(long key) {
    byte[] bytes = new byte[VALUE_BYTES];
    Arrays.fill(bytes, (byte) (key + 1));
    return bytes;
  }

  private static void forEachPlace(StoreKind kind, boolean inMemory, Check check) {
    try (Store store =
            inMemory
                ? TestStores.inMemory(kind)
                : TestStores.tinyOn(TestDevice.MEMORY.open(null, 0), kind, 1, 4, 8);
        Session session = store.newSession()) {
      KindFace face = new KindFace(kind, session);
      for (int key = 0; key < MANY; key++) {
        face.upsert(key, value(key));
      }
      check.run(face);
      for (int key = 0; key < MANY; key++) {
        assertArrayEquals(value(key), face.get(key), "key " + key);
        face.upsert(key, new byte[0]);
      }
    }
  }

  @FunctionalInterface
  private interface Check {
    void run(KindFace face);
  }

  @ParameterizedTest
  @EnumSource(names = {"LONG_TO_BYTES", "BYTES_TO_BYTES"})
  void shouldLeaveTheValueWhenTheUpdateThrows(StoreKind kind) {
    for (boolean inMemory : new boolean[] {true, false}) {
      forEachPlace(
          kind,
          inMemory,
          face -> {
            for (int key = 0; key < MANY; key++) {
              for (int length : new int[] {10, VALUE_BYTES, 900}) {
                int at = key;
                for (int step = 3; step <= 4; step++) {
                  Failing failing = new Failing(step, length);
                  assertThrows(
                      ArithmeticException.class,
                      () -> face.session().await(face.rmw(at, failing, 0)));
                }
                for (int step = 1; step <= 2; step++) {
                  Failing failing = new Failing(step, length);
                  assertThrows(
                      ArithmeticException.class,
                      () -> face.session().await(face.rmw(MANY + at, failing, 0)));
                }
              }
              assertEquals(0, face.session().pendingCount());
            }
            assertNull(face.get(MANY + 7));
          });
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"LONG_TO_BYTES", "BYTES_TO_BYTES"})
  void shouldLeaveTheValueWhenTheLengthIsNonsense(StoreKind kind) {
    forEachPlace(
        kind,
        false,
        face -> {
          IntConsumer refused =
              length -> {
                for (int key = 0; key < 2 * MANY; key += 13) {
                  int at = key;
                  assertThrows(
                      IllegalArgumentException.class,
                      () -> face.session().await(face.rmw(at, new Failing(0, length), 0)));
                }
              };
          refused.accept(-2);
          refused.accept(Integer.MIN_VALUE);
          refused.accept(5000);
          refused.accept(Integer.MAX_VALUE);
        });
  }

  @ParameterizedTest
  @EnumSource(names = {"LONG_TO_BYTES", "BYTES_TO_BYTES"})
  void shouldThrowTheSameWhenTheReadFunctionThrows(StoreKind kind) {
    forEachPlace(
        kind,
        false,
        face -> {
          ReadFunction failing =
              (view, argument) -> {
                throw new ArithmeticException("read");
              };
          for (int key = 0; key < MANY; key++) {
            int at = key;
            assertThrows(
                ArithmeticException.class, () -> face.session().await(face.read(at, failing, 0)));
            assertEquals(0, face.session().pendingCount());
          }
        });
  }

  @ParameterizedTest
  @EnumSource(names = {"LONG_TO_BYTES", "BYTES_TO_BYTES"})
  void shouldRefuseAccessWhenTheViewIsKept(StoreKind kind) {
    forEachPlace(
        kind,
        false,
        face -> {
          for (int key : new int[] {0, MANY - 1}) {
            ValueView[] kept = new ValueView[1];
            face.session().await(face.read(key, (view, argument) -> kept[0] = view, 0));
            assertEquals(0, kept[0].length());
            assertThrows(IndexOutOfBoundsException.class, () -> kept[0].getByte(0));
          }
        });
  }

  @ParameterizedTest
  @EnumSource(names = "LONG_TO_LONG")
  void shouldLeaveTheLongWhenTheUpdateThrows(StoreKind kind) {
    LongUpdateFunction failing =
        new LongUpdateFunction() {
          @Override
          public long initial(long argument) {
            throw new ArithmeticException("initial");
          }

          @Override
          public long update(long value, long argument) {
            throw new ArithmeticException("update");
          }
        };
    try (Store store = TestStores.tinyOn(TestDevice.MEMORY.open(null, 0), kind, 1, 4, 8);
        Session session = store.newSession()) {
      int keys = 4_000;
      for (int key = 0; key < keys; key++) {
        session.upsert(key, key);
      }
      for (int key = 0; key < 2 * keys; key++) {
        int at = key;
        assertThrows(ArithmeticException.class, () -> session.await(session.rmw(at, failing, 1)));
      }
      for (int key = 0; key < keys; key++) {
        assertEquals(Status.FOUND, session.await(session.read(key)));
        assertEquals(key, session.longValue());
      }
      assertEquals(Status.NOT_FOUND, session.await(session.read(keys + 1)));
    }
  }
}
