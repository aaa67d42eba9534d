package dev.peregrine.device.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SegmentTableTest {
  private static final long SEGMENT_BYTES = 4096;

  private final List<String> events = new ArrayList<>();
  private final Table table = new Table();

  @Test
  void shouldDisposeOfASegmentWhenItsLastHolderLetsGo() {
    table.ensureCapacity(3 * SEGMENT_BYTES);
    Segment held = table.acquire(SEGMENT_BYTES + 1);
    Segment again = table.acquire(2 * SEGMENT_BYTES - 1);
    assertEquals(held, again);
    events.clear();
    table.truncateBefore(2 * SEGMENT_BYTES);
    assertEquals(List.of("remove 0", "remove 1", "dispose 0"), events);
    assertNull(table.acquire(SEGMENT_BYTES));
    held.release();
    again.release();
    assertEquals("dispose 1", events.getLast());
    table.close();
    assertEquals("dispose 2", events.getLast());
    assertThrows(IllegalStateException.class, () -> table.ensureCapacity(9 * SEGMENT_BYTES));
  }

  @Test
  void shouldPublishOnceWhenSeveralAreCreated() {
    table.ensureCapacity(2 * SEGMENT_BYTES + 1);
    assertEquals(List.of("create 0", "create 1", "create 2", "publish"), events);
    table.ensureCapacity(1);
    assertEquals(4, events.size());
    assertEquals(3 * SEGMENT_BYTES, table.endOffset());
  }

  @Test
  void shouldKeepWhatWasCreatedWhenALaterOneFails() {
    table.failAt = 2;
    assertThrows(IllegalStateException.class, () -> table.ensureCapacity(4 * SEGMENT_BYTES));
    assertEquals(List.of("create 0", "create 1", "publish"), events);
    assertEquals(2 * SEGMENT_BYTES, table.endOffset());
    table.failAt = -1;
    table.ensureCapacity(3 * SEGMENT_BYTES);
    assertEquals(3 * SEGMENT_BYTES, table.endOffset());
  }

  @Test
  void shouldRefuseWhenTheTableWouldOutgrowItsBound() {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> table.ensureCapacity(Long.MAX_VALUE / 2));
    assertEquals(0, table.endOffset(), e.getMessage());
  }

  private final class Table extends SegmentTable {
    private long failAt = -1;

    Table() {
      super(SEGMENT_BYTES);
    }

    @Override
    protected Segment create(long number) {
      if (number == failAt) {
        throw new IllegalStateException("injected");
      }
      events.add("create " + number);
      return new Segment(number) {
        @Override
        public String path() {
          return "piece";
        }

        @Override
        protected void dispose() {
          events.add("dispose " + number());
        }
      };
    }

    @Override
    protected void publishCreated() {
      events.add("publish");
    }

    @Override
    protected void remove(Segment[] segments) {
      for (Segment segment : segments) {
        events.add("remove " + segment.number());
      }
    }
  }
}
