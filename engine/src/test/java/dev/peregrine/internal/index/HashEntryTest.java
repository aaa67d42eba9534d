package dev.peregrine.internal.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.internal.record.LogAddress;
import org.junit.jupiter.api.Test;

class HashEntryTest {
  @Test
  void shouldNeverGiveFreeOrWildcardWhenAHashIsTagged() {
    for (long upper = 0; upper < 1 << HashEntry.TAG_BITS; upper++) {
      for (long lower : new long[] {0, -1L >>> HashEntry.TAG_BITS}) {
        long tag = HashEntry.tagOf(upper << 64 - HashEntry.TAG_BITS | lower);
        assertNotEquals(HashEntry.FREE, tag);
        assertNotEquals(HashEntry.WILDCARD, tag);
        assertEquals(tag, tag & HashEntry.TAG_FIELD);
        assertEquals(0, HashEntry.address(tag));
      }
    }
  }

  @Test
  void shouldUseAlmostAllTagsWhenHashesDiffer() {
    long tags = 0;
    long last = 0;
    for (long upper = 0; upper < 1 << HashEntry.TAG_BITS; upper++) {
      long tag = HashEntry.tagOf(upper << 64 - HashEntry.TAG_BITS);
      tags += tag != last ? 1 : 0;
      last = tag;
    }
    assertEquals((1 << HashEntry.TAG_BITS) - 3, tags);
  }

  @Test
  void shouldKeepTheTagWhenTheAddressChanges() {
    long tag = HashEntry.tagOf(0x1234_5678_9ABC_DEF0L);
    long entry = HashEntry.withAddress(tag, LogAddress.MASK);
    assertEquals(LogAddress.MASK, HashEntry.address(entry));
    assertEquals(tag, entry & HashEntry.MATCH_FIELD);
    assertEquals(HashEntry.withAddress(tag, 64), HashEntry.withAddress(entry, 64));
  }

  @Test
  void shouldNotMatchWhenTentative() {
    long tag = HashEntry.tagOf(99);
    long tentative = HashEntry.tentative(tag);
    assertTrue(HashEntry.isTentative(tentative));
    assertFalse(HashEntry.isTentative(tag));
    assertFalse(HashEntry.isTentative(HashEntry.WILDCARD));
    assertNotEquals(tag, tentative & HashEntry.MATCH_FIELD);
    assertEquals(tag, tentative & HashEntry.TAG_FIELD);
  }
}
