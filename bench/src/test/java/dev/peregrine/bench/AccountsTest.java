package dev.peregrine.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import site.ycsb.Utils;

class AccountsTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 999, 1000, 1001, 50_000})
  void shouldOpenEachAccountOnce(long records) {
    Accounts accounts = new Accounts(records, 2);
    assertEquals(Math.min(1000, records), accounts.count());
    Set<Long> indices = new HashSet<>();
    for (int slot = 0; slot < accounts.count(); slot++) {
      long index = accounts.index(slot);
      assertTrue(index >= 0 && index < records);
      assertTrue(indices.add(index));
      assertEquals(slot, accounts.slotOf(index));
    }
  }

  @Test
  void shouldHoldTheHottestRecords() {
    Accounts accounts = new Accounts(50_000, 2);
    for (int rank = 0; rank < 100; rank++) {
      assertTrue(accounts.slotOf(Utils.fnvhash64(rank) % 50_000) != Accounts.NONE);
    }
  }

  @Test
  void shouldAcceptOnlyTheLastWriteOfEachWorker() {
    Accounts accounts = new Accounts(1000, 2);
    long loaded = Version.of(Version.LOADER, 0);
    assertTrue(accounts.canBeLast(5, Version.modified(loaded)));
    accounts.written(0, 5, Version.of(1, 1));
    assertFalse(accounts.canBeLast(5, loaded));
    accounts.written(0, 5, Version.of(1, 2));
    accounts.written(1, 5, Version.of(2, 9));
    assertFalse(accounts.canBeLast(5, Version.of(1, 1)));
    assertTrue(accounts.canBeLast(5, Version.modified(Version.of(1, 2))));
    assertTrue(accounts.canBeLast(5, Version.of(2, 9)));
    assertFalse(accounts.canBeLast(5, Version.of(2, 8)));
    assertTrue(accounts.canBeLast(6, loaded));
    assertFalse(accounts.canBeLast(6, Version.of(1, 1)));
  }

  @Test
  void shouldSumModificationsOfAllWorkers() {
    Accounts accounts = new Accounts(1000, 3);
    accounts.modified(0, 7);
    accounts.modified(2, 7);
    accounts.modified(2, 7);
    assertEquals(3, accounts.modifications(7));
    assertEquals(0, accounts.modifications(8));
  }
}
