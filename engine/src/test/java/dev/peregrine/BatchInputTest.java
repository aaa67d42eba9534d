package dev.peregrine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Wrong arguments of batches: each a clear exception, and nothing is done. */
class BatchInputTest {
  private static final int COUNT = 40;

  /** Its place among the calls on values of bytes. */
  private static final int READ_BY_FUNCTION = 1;

  private static final ReadFunction IGNORE = (view, argument) -> {};

  /** Arrays for one call, any of which a test may make too short, or null. */
  private static final class Inputs {
    long[] keys = new long[COUNT];
    long[] longs = new long[COUNT];
    long[] results = new long[COUNT];
    int[] lengths = new int[COUNT];
    MemorySegment[] byteKeys = segments();
    MemorySegment[] values = segments();
    MemorySegment[] destinations = segments();
    Status[] statuses = new Status[COUNT];
    int from;
    int count = COUNT;

    private static MemorySegment[] segments() {
      MemorySegment[] segments = new MemorySegment[COUNT];
      Arrays.setAll(segments, i -> MemorySegment.ofArray(KindFace.ofLong(i)));
      return segments;
    }
  }

  private static List<Executable> callsOf(StoreKind kind, Session session, Inputs a) {
    return switch (kind) {
      case LONG_TO_LONG ->
          List.of(
              () -> session.readBatch(a.keys, a.from, a.count, a.results, a.statuses),
              () -> session.upsertBatch(a.keys, a.longs, a.from, a.count, a.statuses),
              () ->
                  session.insertIfAbsentBatch(
                      a.keys, a.longs, a.from, a.count, a.results, a.statuses),
              () -> session.addBatch(a.keys, a.longs, a.from, a.count, a.results, a.statuses),
              () ->
                  session.rmwBatch(
                      a.keys, ModelUpdates.LONG, a.longs, a.from, a.count, a.results, a.statuses),
              () -> session.deleteBatch(a.keys, a.from, a.count, a.statuses));
      case LONG_TO_BYTES ->
          List.of(
              () ->
                  session.readBatch(a.keys, a.from, a.count, a.destinations, a.lengths, a.statuses),
              () -> session.readBatch(a.keys, a.from, a.count, IGNORE, a.statuses),
              () -> session.upsertBatch(a.keys, a.values, a.from, a.count, a.statuses),
              () -> session.insertIfAbsentBatch(a.keys, a.values, a.from, a.count, a.statuses),
              () ->
                  session.rmwBatch(
                      a.keys, ModelUpdates.BYTES, a.longs, a.from, a.count, a.statuses),
              () -> session.deleteBatch(a.keys, a.from, a.count, a.statuses));
      case BYTES_TO_BYTES ->
          List.of(
              () ->
                  session.readBatch(
                      a.byteKeys, a.from, a.count, a.destinations, a.lengths, a.statuses),
              () -> session.readBatch(a.byteKeys, a.from, a.count, IGNORE, a.statuses),
              () -> session.upsertBatch(a.byteKeys, a.values, a.from, a.count, a.statuses),
              () -> session.insertIfAbsentBatch(a.byteKeys, a.values, a.from, a.count, a.statuses),
              () ->
                  session.rmwBatch(
                      a.byteKeys, ModelUpdates.BYTES, a.longs, a.from, a.count, a.statuses),
              () -> session.deleteBatch(a.byteKeys, a.from, a.count, a.statuses));
    };
  }

  private static void requireUntouched(Store store, Session session) {
    assertEquals(64, store.stats().tailAddress(), "something was appended");
    assertEquals(0, session.serial(), "an operation was counted");
  }

  @ParameterizedTest
  @EnumSource(StoreKind.class)
  void shouldRefuseWhenARangeIsOutsideOfAnArray(StoreKind kind) {
    try (Store store = TestStores.inMemory(kind);
        Session session = store.newSession()) {
      for (int[] range :
          new int[][] {
            {-1, 1},
            {0, -1},
            {0, COUNT + 1},
            {1, COUNT},
            {COUNT + 1, 0},
            {Integer.MAX_VALUE, 1},
            {1, Integer.MAX_VALUE},
            {Integer.MIN_VALUE, Integer.MIN_VALUE}
          }) {
        Inputs arrays = new Inputs();
        arrays.from = range[0];
        arrays.count = range[1];
        for (Executable call : callsOf(kind, session, arrays)) {
          Exception e = assertThrows(IndexOutOfBoundsException.class, call);
          assertTrue(e.getMessage().contains("keys has 40 elements"), e.getMessage());
        }
      }
      Inputs arrays = new Inputs();
      arrays.statuses = new Status[COUNT - 1];
      for (Executable call : callsOf(kind, session, arrays)) {
        assertThrows(IndexOutOfBoundsException.class, call);
      }
      requireUntouched(store, session);
    }
  }

  @ParameterizedTest
  @EnumSource(StoreKind.class)
  void shouldRefuseWhenAnArrayIsTooShort(StoreKind kind) {
    try (Store store = TestStores.inMemory(kind);
        Session session = store.newSession()) {
      Inputs arrays = new Inputs();
      arrays.longs = new long[COUNT - 1];
      arrays.results = new long[COUNT - 1];
      arrays.lengths = new int[COUNT - 1];
      arrays.values = new MemorySegment[COUNT - 1];
      List<Executable> calls = callsOf(kind, session, arrays);
      for (int i = 0; i < calls.size() - 1; i++) {
        if (kind == StoreKind.LONG_TO_LONG || i != READ_BY_FUNCTION) {
          assertThrows(IndexOutOfBoundsException.class, calls.get(i));
        }
      }
      requireUntouched(store, session);
    }
  }

  @ParameterizedTest
  @EnumSource(StoreKind.class)
  void shouldRefuseWhenAnArrayIsNull(StoreKind kind) {
    try (Store store = TestStores.inMemory(kind);
        Session session = store.newSession()) {
      Inputs noKeys = new Inputs();
      noKeys.keys = null;
      noKeys.byteKeys = null;
      Inputs noStatuses = new Inputs();
      noStatuses.statuses = null;
      List<Executable> calls = new ArrayList<>(callsOf(kind, session, noKeys));
      calls.addAll(callsOf(kind, session, noStatuses));
      for (Executable call : calls) {
        assertThrows(NullPointerException.class, call);
      }
      Inputs noValues = new Inputs();
      noValues.longs = null;
      noValues.values = null;
      noValues.destinations = null;
      List<Executable> withValues = callsOf(kind, session, noValues);
      for (int i = kind == StoreKind.LONG_TO_LONG ? 1 : 2; i < 5; i++) {
        assertThrows(NullPointerException.class, withValues.get(i));
      }
      requireUntouched(store, session);
    }
  }

  @Test
  void shouldRefuseWhenAnElementCantBeUsed() {
    try (Store store = TestStores.inMemory(StoreKind.BYTES_TO_BYTES);
        Session session = store.newSession()) {
      int last = COUNT - 1;
      Inputs nulls = new Inputs();
      nulls.byteKeys[last] = null;
      for (Executable call : callsOf(StoreKind.BYTES_TO_BYTES, session, nulls)) {
        assertThrows(NullPointerException.class, call);
      }
      Inputs nullValue = new Inputs();
      nullValue.values[last] = null;
      nullValue.destinations[last] = null;
      Inputs large = new Inputs();
      large.values[last] = MemorySegment.ofArray(new byte[5000]);
      large.destinations[last] = large.values[last].asReadOnly();
      for (int call : new int[] {0, 2, 3}) {
        assertThrows(
            NullPointerException.class,
            callsOf(StoreKind.BYTES_TO_BYTES, session, nullValue).get(call));
        assertThrows(
            IllegalArgumentException.class,
            callsOf(StoreKind.BYTES_TO_BYTES, session, large).get(call));
      }
      Inputs huge = new Inputs();
      huge.byteKeys[last] = Arena.ofAuto().allocate(65_536);
      for (Executable call : callsOf(StoreKind.BYTES_TO_BYTES, session, huge)) {
        assertThrows(IllegalArgumentException.class, call);
      }
      requireUntouched(store, session);
    }
  }

  @ParameterizedTest
  @EnumSource(StoreKind.class)
  void shouldRefuseWhenTheCallIsForAnotherKind(StoreKind kind) {
    try (Store store = TestStores.inMemory(kind);
        Session session = store.newSession()) {
      for (StoreKind other : StoreKind.values()) {
        if (other == kind) {
          continue;
        }
        List<Executable> calls = callsOf(other, session, new Inputs());
        // Stores of 8-byte keys have the same method to delete them.
        boolean bothLong = kind != StoreKind.BYTES_TO_BYTES && other != StoreKind.BYTES_TO_BYTES;
        for (Executable call : calls.subList(0, calls.size() - (bothLong ? 1 : 0))) {
          Exception e = assertThrows(UnsupportedOperationException.class, call);
          assertTrue(e.getMessage().contains(kind.toString()), e.getMessage());
        }
      }
      requireUntouched(store, session);
    }
  }

  @ParameterizedTest
  @EnumSource(StoreKind.class)
  void shouldDoNothingWhenTheBatchIsEmpty(StoreKind kind) throws Throwable {
    try (Store store = TestStores.inMemory(kind)) {
      Session session = store.newSession();
      Inputs arrays = new Inputs();
      arrays.from = COUNT;
      arrays.count = 0;
      arrays.statuses = new Status[0];
      for (Executable call : callsOf(kind, session, arrays)) {
        call.execute();
      }
      requireUntouched(store, session);
      session.close();
      arrays.count = 0;
      for (Executable call : callsOf(kind, session, arrays)) {
        assertThrows(StoreClosedException.class, call);
      }
      for (Executable call : callsOf(kind, session, new Inputs())) {
        assertThrows(StoreClosedException.class, call);
      }
    }
  }

  @Test
  void shouldLeaveOutResultsWhenNobodyWantsThem() {
    long[] keys = {1, 2, 1};
    long[] ones = {10, 20, 30};
    Status[] statuses = new Status[3];
    try (Store store = TestStores.inMemory(StoreKind.LONG_TO_LONG);
        Session session = store.newSession()) {
      assertEquals(0, session.addBatch(keys, ones, 0, 3, null, statuses));
      assertArrayEquals(new Status[] {Status.CREATED, Status.CREATED, Status.UPDATED}, statuses);
      assertEquals(0, session.rmwBatch(keys, ModelUpdates.LONG, ones, 2, 1, null, statuses));
      assertEquals(0, session.insertIfAbsentBatch(keys, ones, 1, 2, null, statuses));
      assertArrayEquals(new Status[] {Status.FOUND, Status.FOUND, Status.UPDATED}, statuses);
      assertEquals(Status.FOUND, session.read(1));
      assertEquals(40 * 31 + 30, session.longValue());
    }
    try (Store store = TestStores.inMemory(StoreKind.LONG_TO_BYTES);
        Session session = store.newSession()) {
      MemorySegment[] values = {MemorySegment.ofArray(new byte[5])};
      session.upsertBatch(keys, values, 0, 1, statuses);
      assertEquals(0, session.readBatch(keys, 0, 1, values, null, statuses));
      assertEquals(Status.FOUND, statuses[0]);
      assertNull(new KindFace(StoreKind.LONG_TO_BYTES, session).get(2));
    }
  }

  @Test
  void shouldUseEachElementOnceWhenArraysAreTheSame() {
    try (Store store = TestStores.inMemory(StoreKind.LONG_TO_LONG);
        Session session = store.newSession()) {
      long[] all = new long[100];
      Arrays.setAll(all, i -> i);
      Status[] statuses = new Status[100];
      session.upsertBatch(all, all, 0, 100, statuses);
      session.addBatch(all, all, 0, 100, all, statuses);
      for (int i = 0; i < 100; i++) {
        assertEquals(2L * i, all[i]);
        all[i] = i;
      }
      session.readBatch(all, 0, 100, all, statuses);
      for (int i = 0; i < 100; i++) {
        assertEquals(2L * i, all[i]);
      }
    }
  }
}
