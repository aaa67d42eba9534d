package dev.peregrine.device.uring;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

final class UserDataTest {
  @Test
  void shouldGiveBackBothHalvesWhenPacked() {
    for (int generation : new int[] {0, 1, -1, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
      for (int slot : new int[] {0, 1, 4095, Integer.MAX_VALUE}) {
        long word = UserData.of(generation, slot);
        assertEquals(generation, UserData.generation(word));
        assertEquals(slot, UserData.slot(word));
      }
    }
  }
}
