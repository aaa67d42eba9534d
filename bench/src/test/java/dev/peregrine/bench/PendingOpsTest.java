package dev.peregrine.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PendingOpsTest {
  private static final int DEPTH = 100;

  @Test
  void shouldAgreeWithAMapWhenOperationsCompleteInAnyOrder() {
    Random random = new Random(1);
    PendingOps pending = new PendingOps(DEPTH);
    Map<Long, Long> model = new HashMap<>();
    List<Long> serials = new ArrayList<>();
    long serial = 0;
    for (int i = 0; i < 200_000; i++) {
      serial += 1 + random.nextInt(50);
      if (model.size() < DEPTH && random.nextInt(5) > 1) {
        pending.put(serial, serial * 2, serial * 3);
        model.put(serial, serial * 3);
        serials.add(serial);
      } else if (!serials.isEmpty()) {
        long done = serials.remove(random.nextInt(serials.size()));
        int slot = pending.find(done);
        assertEquals(model.remove(done), pending.tag(slot));
        assertEquals(done * 2, pending.begin(slot));
        pending.remove(slot);
        assertEquals(-1, pending.find(done));
      }
      assertEquals(model.size(), pending.size());
    }
    serials.forEach(left -> assertEquals(left * 3, pending.tag(pending.find(left))));
  }

  @Test
  void shouldRefuseMoreThanItHasRoomFor() {
    PendingOps pending = new PendingOps(2);
    assertThrows(
        IllegalStateException.class,
        () -> {
          for (long i = 0; i < 100; i++) {
            pending.put(i, 0, 0);
          }
        });
  }
}
