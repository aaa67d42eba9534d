package dev.peregrine.internal.hlog;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.CorruptionException;
import dev.peregrine.Seeds;
import dev.peregrine.internal.record.LogAddress;
import dev.peregrine.memory.Checksum;
import dev.peregrine.memory.Memory;
import dev.peregrine.memory.NativeRegion;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Cuts, pins, marks, limits and reopening of a log, without a store on it. */
class HybridLogTest {
  private static final int FRAMES = 8;
  private static final int BLOCK = PageImage.BLOCK_BYTES;

  private static int size(SplittableRandom random, int pageBytes) {
    int most = random.nextInt(10) == 0 ? PageImage.usableBytes(pageBytes) : 3000;
    return 16 + 8 * random.nextInt((Math.min(most, PageImage.usableBytes(pageBytes)) - 8) / 8);
  }

  @ParameterizedTest
  @ValueSource(ints = {4096, 8192, 16384, 65536, 2 << 20})
  void shouldWriteEachBlockOnceWhenCutAnywhere(int pageBytes) {
    Seeds.run(
        2,
        seed -> {
          SplittableRandom random = new SplittableRandom(seed);
          try (LogFixture fixture = new LogFixture(pageBytes, FRAMES)) {
            long end = Math.min(30L * FRAMES * pageBytes, 3L * FRAMES * (256 << 10));
            int cuts = 0;
            while (fixture.log.tailAcquire() < Math.max(end, 3L * FRAMES * pageBytes)) {
              fixture.append(size(random, pageBytes));
              if (random.nextInt(20) == 0) {
                long before = fixture.log.tailAcquire();
                long cut = fixture.cut();
                cuts++;
                assertTrue(cut >= before && cut - before < BLOCK, before + " cut at " + cut);
                assertTrue(PageImage.isCut(cut, pageBytes));
                assertTrue(fixture.log.readOnlyAcquire() >= cut);
                assertTrue(fixture.log.safeReadOnlyAcquire() >= cut);
              }
            }
            assertTrue(cuts > 3, cuts + " cuts");
            assertTrue(fixture.log.headAcquire() > 2L * pageBytes, "nothing was evicted");
            fixture.requireMemory();
            fixture.requireDevice();
            fixture.requireWrittenOnce();
          }
        });
  }

  /** The footer of 8 MiB takes three blocks, which are written as one. */
  @Test
  void shouldWriteTheZoneAsAWholeWhenItHasSeveralBlocks() {
    int pageBytes = 8 << 20;
    try (LogFixture fixture = new LogFixture(pageBytes, 4)) {
      int zone = PageImage.zoneOffset(pageBytes);
      fixture.append(zone - 3 * BLOCK);
      assertEquals(zone - 2 * BLOCK, fixture.cut());
      fixture.append(2 * BLOCK - 8);
      assertEquals(zone, fixture.cut());
      long inZone = fixture.append(16);
      assertEquals(zone, inZone);
      assertEquals(pageBytes, fixture.cut());
      for (int i = 0; i < 5 * 16; i++) {
        fixture.append(500_000);
      }
      fixture.requireDevice();
      fixture.requireWrittenOnce();
    }
  }

  @Test
  void shouldMutateOnBehindTheCutWhenThePageIsNotFull() {
    try (LogFixture fixture = new LogFixture(16384, FRAMES)) {
      fixture.append(100 * 8);
      long cut = fixture.cut();
      assertEquals(BLOCK, cut);
      assertEquals(cut, fixture.log.readOnlyAcquire());
      assertEquals(cut, fixture.append(24));
      assertEquals(cut, fixture.log.flushedUntilAcquire());
      assertEquals(LogAddress.FIRST, fixture.log.headAcquire());
    }
  }

  @Test
  void shouldDoNothingWhenAnEmptyLogIsCut() {
    try (LogFixture fixture = new LogFixture(16384, FRAMES)) {
      assertEquals(LogAddress.FIRST, fixture.cut());
      fixture.driver.awaitProgress();
      assertEquals(List.of(), fixture.writes);
      assertEquals(LogAddress.FIRST, fixture.log.readOnlyAcquire());
    }
  }

  @Test
  void shouldRefuseToFreezeWhereTheLogIsNotCut() {
    try (LogFixture fixture = new LogFixture(8 << 20, 4)) {
      fixture.append(8 << 10);
      long cut = fixture.log.padToBlock();
      int zone = PageImage.zoneOffset(8 << 20);
      for (long bad : new long[] {65, 8 << 10 | 8, cut + 512, cut + BLOCK, zone + BLOCK}) {
        assertThrows(IllegalArgumentException.class, () -> fixture.log.freezeTo(bad), "" + bad);
      }
      fixture.log.freezeTo(cut);
      fixture.log.freezeTo(0);
      fixture.awaitFlushed(cut);
      assertEquals(cut, fixture.log.flushedUntilAcquire());
      fixture.append(zone - (int) cut);
      fixture.append(5 << 20);
      // Behind the zone's start and below the tail.
      assertThrows(IllegalArgumentException.class, () -> fixture.log.freezeTo(zone + BLOCK));
    }
  }

  @Test
  void shouldKeepPagesInMemoryWhilePinned() {
    try (LogFixture fixture = new LogFixture(4096, FRAMES)) {
      for (int i = 0; i < 20; i++) {
        fixture.append(3000);
      }
      long head = fixture.log.headAcquire();
      assertTrue(head > 4096);
      long pinned = head + 4096;
      assertEquals(head, fixture.log.pinHead(pinned + 100));
      assertThrows(IllegalStateException.class, () -> fixture.log.pinHead(pinned - 4096));
      int appended = 0;
      while (fixture.tryAppend(3000) != HybridLog.WAIT || appended == 0) {
        appended++;
        step(fixture, 100);
      }
      step(fixture, 1000);
      assertEquals(HybridLog.WAIT, fixture.tryAppend(3000));
      assertEquals(pinned, fixture.log.headAcquire(), "not at the start of the pinned page");
      fixture.requireMemory();
      // Moved forward by a page, it lets one allocation in.
      fixture.log.pinHead(pinned + 4096);
      fixture.append(3000);
      step(fixture, 1000);
      assertEquals(HybridLog.WAIT, fixture.tryAppend(3000));
      assertEquals(pinned + 4096, fixture.log.headAcquire());
      fixture.log.unpinHead();
      fixture.append(3000);
      for (int i = 0; i < 20; i++) {
        fixture.append(3000);
      }
      // What has left memory can't be kept, and where the head is it stays.
      long now = fixture.log.pinHead(LogAddress.FIRST);
      assertTrue(now > pinned);
      step(fixture, 1000);
      assertEquals(now, fixture.log.headAcquire());
    }
  }

  private static void step(LogFixture fixture, int times) {
    for (int i = 0; i < times; i++) {
      fixture.driver.awaitProgress();
    }
  }

  @Test
  void shouldKeepTheLatestVersionWhenAPageIsMarked() {
    try (LogFixture fixture = new LogFixture(4096, FRAMES)) {
      HybridLog log = fixture.log;
      long first = fixture.append(3000);
      long second = fixture.append(3000);
      assertEquals(0, log.changedVersion(0));
      log.markChanged(first, 5);
      log.markChanged(first, 4);
      assertEquals(5, log.changedVersion(0));
      assertEquals(0, log.changedVersion(1));
      log.markChanged(second, 3);
      log.markChanged(second + 64, 6);
      assertEquals(6, log.changedVersion(1));
      for (int i = 0; i < 6 * FRAMES; i++) {
        long page = fixture.append(3000) / 4096;
        assertEquals(0, log.changedVersion(page), "not reset for page " + page);
        log.markChanged(page * 4096, page);
        assertEquals(page, log.changedVersion(page));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {BLOCK, 1000, 3 * BLOCK + 7, 1 << 20})
  void shouldWriteNoMoreThanTheLimitAllows(long grain) {
    long[] granted = {0};
    long[] calls = {0};
    FlushLimit limit =
        wanted -> {
          assertTrue(wanted > 0);
          // Every other time there is nothing to give.
          long given = calls[0]++ % 2 == 0 ? 0 : Math.min(wanted, grain);
          granted[0] += given;
          return given;
        };
    try (LogFixture fixture = new LogFixture(65536, FRAMES, limit)) {
      for (int i = 0; i < 400; i++) {
        fixture.append(6000);
        if (i % 50 == 0) {
          fixture.cut();
        }
        long written = fixture.writes.stream().mapToLong(write -> write[1]).sum();
        assertTrue(written <= granted[0], written + " written of " + granted[0]);
        assertTrue(granted[0] - written < Math.max(grain, BLOCK), "leave was lost");
      }
      assertTrue(calls[0] > 0);
      fixture.requireDevice();
      fixture.requireWrittenOnce();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {4096, 8192, 16384, 65536})
  void shouldGoOnWhereItWasCutWhenReopened(int pageBytes) {
    Seeds.run(
        4,
        seed -> {
          SplittableRandom random = new SplittableRandom(seed);
          LogFixture fixture = new LogFixture(pageBytes, FRAMES);
          PageIdentity identity = fixture.log.identity();
          List<long[]> cutsOfRuns = new ArrayList<>();
          for (int run = 0; run < 5; run++) {
            int records = 1 + random.nextInt(200);
            for (int i = 0; i < records; i++) {
              fixture.append(size(random, pageBytes));
            }
            long cut = fixture.cut();
            long pageStart = cut / pageBytes * pageBytes;
            int[] checksums = fixture.log.blockChecksums(pageStart, cut);
            assertEquals((cut - pageStart) / BLOCK, checksums.length);
            // Lost in the crash; some of it may have been written.
            for (int i = random.nextInt(100); i > 0; i--) {
              fixture.append(size(random, pageBytes));
            }
            fixture.closeLog();
            identity = identity.withRun(cut / pageBytes, run + 2);
            cutsOfRuns.add(new long[] {cut / pageBytes, run + 2});
            long pages = Math.min(pageStart / pageBytes, random.nextInt(FRAMES));
            fixture = fixture.reopen(identity, cut, pageStart - pages * pageBytes);
            fill(fixture, cut, checksums);
            assertEquals(cut, fixture.log.tailAcquire());
            assertEquals(cut, fixture.log.flushedUntilAcquire());
            fixture.requireMemory();
            if (cut > pageStart) {
              assertArrayEquals(checksums, fixture.log.blockChecksums(pageStart, cut));
            }
            fixture.log.start();
            assertEquals(cut, fixture.append(16));
          }
          for (int i = 0; i < 300; i++) {
            fixture.append(size(random, pageBytes));
          }
          fixture.cut();
          fixture.requireMemory();
          fixture.requireDevice();
          fixture.requireWrittenOnce();
          for (long[] run : cutsOfRuns) {
            assertTrue(identity.generationOf(run[0]) >= run[1]);
          }
          fixture.close();
        });
  }

  /** Fills the frames as recovery does. */
  private static void fill(LogFixture fixture, long cut, int[] checksums) {
    int pageBytes = fixture.pageBytes;
    long head = Math.max(fixture.log.headAcquire() / pageBytes * pageBytes, 0);
    for (long page = head; page < cut; page += pageBytes) {
      int bytes = (int) Math.min(pageBytes, cut - page);
      fixture.read(page, fixture.log.physical(page), bytes);
      if (bytes < pageBytes) {
        for (int block = 0; block < checksums.length; block++) {
          fixture.log.restoreBlockChecksum(page + (long) block * BLOCK, checksums[block]);
        }
      }
    }
  }

  @Test
  void shouldRefuseAPageOfTheRunThatWasLostWhenReopened() {
    int pageBytes = 8192;
    try (LogFixture fixture = new LogFixture(pageBytes, FRAMES)) {
      for (int i = 0; i < 50; i++) {
        fixture.append(6000);
      }
      fixture.cut();
      long page = fixture.log.flushedUntilAcquire() / pageBytes - 3;
      PageIdentity next = fixture.log.identity().withRun(page, 2);
      int[] scratch = new int[PageImage.dataBlocks(pageBytes)];
      try (NativeRegion buffer = NativeRegion.reserve(pageBytes);
          ChecksumTables tables =
              new ChecksumTables(pageBytes, ChecksumTables.minBytes(pageBytes))) {
        PageVerifier verifier =
            new PageVerifier(
                13, fixture.device(), next, tables, new Checksum(buffer.address(), pageBytes));
        fixture.read((page - 1) * pageBytes, buffer.address(), pageBytes);
        verifier.requirePage(page - 1, buffer.address(), scratch);
        fixture.read(page * pageBytes, buffer.address(), pageBytes);
        CorruptionException e =
            assertThrows(
                CorruptionException.class,
                () -> verifier.requirePage(page, buffer.address(), scratch));
        assertTrue(e.getMessage().contains("generation 1, not in 2"), e.getMessage());
        assertFalse(tables.find(page, 0, 1, scratch), "a refused table was kept");
        Memory.putLong(buffer.address() + 128, 1);
        assertThrows(
            CorruptionException.class,
            () -> verifier.requirePage(page - 1, buffer.address(), scratch));
      }
    }
  }

  @Test
  void shouldRefuseContentsWhenTheyAreNoneOfALog() {
    PageIdentity identity = PageIdentity.create(1);
    int bits = 14;
    long page = 1L << bits;
    PageFormat format = new FooterFormat(1 << bits, identity, null);
    LogContents.empty(1).requireFits(bits, format, 4);
    new LogContents(identity, 64, 0, page).requireFits(bits, format, 4);
    new LogContents(identity, 64, page, page).requireFits(bits, format, 4);
    new LogContents(identity, 64, 2 * page, 6 * page).requireFits(bits, format, 4);
    new LogContents(identity, 3 * page, 2 * page, 5 * page + BLOCK).requireFits(bits, format, 4);
    long[][] bad = {
      {64, 0, page + 8},
      {64, 0, page - 8},
      {0, 0, page},
      {2 * page, 0, page},
      {64, 8, page},
      {64, 2 * page, page + BLOCK},
      {64, 0, 4 * page + BLOCK},
      {64, page, 6 * page},
      {64, -page, page}
    };
    for (long[] each : bad) {
      LogContents contents = new LogContents(identity, each[0], each[1], each[2]);
      assertThrows(
          IllegalArgumentException.class,
          () -> contents.requireFits(bits, format, 4),
          contents::toString);
    }
  }

  @Test
  void shouldRefuseChecksumsWhenTheBlocksAreNotWritten() {
    try (LogFixture fixture = new LogFixture(16384, FRAMES)) {
      fixture.append(6000);
      long cut = fixture.cut();
      assertEquals(2, fixture.log.blockChecksums(0, cut).length);
      assertEquals(0, fixture.log.blockChecksums(0, 0).length);
      for (long[] bad : new long[][] {{0, cut + BLOCK}, {0, 8}, {8, cut}, {16384, cut}}) {
        assertThrows(
            IllegalArgumentException.class, () -> fixture.log.blockChecksums(bad[0], bad[1]));
      }
      for (long bad : new long[] {cut, 8, 3 * BLOCK}) {
        assertThrows(
            IllegalArgumentException.class, () -> fixture.log.restoreBlockChecksum(bad, 1));
      }
    }
  }
}
