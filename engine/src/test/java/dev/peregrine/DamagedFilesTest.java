package dev.peregrine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.DamageBed.Verdict;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever is done to the files of a store: opening it is refused and changes nothing, or a read
 * is, or every value is right.
 */
class DamagedFilesTest {
  private static final long SEED = 5;
  private static final int FLIPS = 8;
  private static final int LENGTHS = 2;

  @TempDir private static Path place;
  private static DamageBed folded;
  private static DamageBed dumped;
  private static DamageBed other;

  @BeforeAll
  static void build() {
    folded =
        new DamageBed(
            place.resolve("folded"),
            SEED,
            CheckpointKind.FOLD_OVER,
            CheckpointKind.SNAPSHOT,
            CheckpointKind.FOLD_OVER);
    dumped =
        new DamageBed(
            place.resolve("dumped"),
            SEED + 1,
            CheckpointKind.SNAPSHOT,
            CheckpointKind.SNAPSHOT,
            CheckpointKind.INCREMENTAL);
    other =
        new DamageBed(
            place.resolve("other"),
            SEED + 2,
            CheckpointKind.FOLD_OVER,
            CheckpointKind.SNAPSHOT,
            CheckpointKind.SNAPSHOT,
            CheckpointKind.SNAPSHOT,
            CheckpointKind.SNAPSHOT);
  }

  @AfterAll
  static void forget() {
    folded = null;
    dumped = null;
    other = null;
  }

  private static DamageBed bed(String name) {
    return name.equals("folded") ? folded : dumped;
  }

  private final Path victim = place.resolve("victim");

  private static final class Tally {
    private final Map<Verdict, Integer> counts = new EnumMap<>(Verdict.class);

    void add(Verdict verdict) {
      counts.merge(verdict, 1, Integer::sum);
    }

    int of(Verdict verdict) {
      return counts.getOrDefault(verdict, 0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"folded", "dumped"})
  void shouldBeExactWhenNothingIsDamaged(String name) {
    DamageBed bed = bed(name);
    bed.copyTo(victim);
    assertEquals(Verdict.HARMLESS, bed.open(victim, name));
  }

  @ParameterizedTest
  @ValueSource(strings = {"folded", "dumped"})
  void shouldNeverGiveAWrongValueWhenABitIsFlipped(String name) {
    DamageBed bed = bed(name);
    SplittableRandom random = new SplittableRandom(SEED);
    Tally tally = new Tally();
    bed.copyTo(victim);
    for (String file : DamageBed.files(bed.golden)) {
      byte[] bytes = DamageBed.read(bed.golden.resolve(file));
      for (int i = 0; i < FLIPS; i++) {
        long bit = i == 0 ? 0 : random.nextLong(8L * bytes.length);
        byte[] damaged = bytes.clone();
        damaged[(int) (bit / 8)] ^= (byte) (1 << bit % 8);
        DamageBed.write(victim.resolve(file), damaged);
        Verdict verdict = bed.open(victim, "bit " + bit + " of " + file);
        tally.add(verdict);
        if (verdict == Verdict.REFUSED) {
          DamageBed.write(victim.resolve(file), bytes);
        } else {
          bed.copyTo(victim);
        }
        if (file.equals("checkpoints/" + bed.newest() + "/manifest")) {
          assertEquals(Verdict.REFUSED, verdict, "bit " + bit + " of " + file);
        }
      }
    }
    assertTrue(tally.of(Verdict.REFUSED) > FLIPS, tally.counts::toString);
  }

  @ParameterizedTest
  @ValueSource(strings = {"folded", "dumped"})
  void shouldNeverGiveAWrongValueWhenAFileIsCutShortOrLonger(String name) {
    DamageBed bed = bed(name);
    SplittableRandom random = new SplittableRandom(SEED);
    bed.copyTo(victim);
    for (String file : DamageBed.files(bed.golden)) {
      byte[] bytes = DamageBed.read(bed.golden.resolve(file));
      TreeSet<Integer> lengths =
          new TreeSet<>(List.of(0, 1, bytes.length / 2, bytes.length - 1, bytes.length + 1));
      for (int i = 0; i < LENGTHS; i++) {
        lengths.add(random.nextInt(bytes.length));
      }
      for (int length : lengths) {
        DamageBed.write(victim.resolve(file), Arrays.copyOf(bytes, length));
        String what = file + " with " + length + " of " + bytes.length + " bytes";
        Verdict verdict = bed.open(victim, what);
        if (verdict == Verdict.REFUSED) {
          DamageBed.write(victim.resolve(file), bytes);
        } else {
          bed.copyTo(victim);
        }
        if (file.startsWith("log.") || file.startsWith("checkpoints/" + bed.newest())) {
          assertEquals(Verdict.REFUSED, verdict, what);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"folded", "dumped"})
  void shouldNeverGiveAWrongValueWhenAFileIsDeleted(String name) throws Exception {
    DamageBed bed = bed(name);
    for (String file : DamageBed.files(bed.golden)) {
      bed.copyTo(victim);
      Files.delete(victim.resolve(file));
      Verdict verdict = bed.open(victim, "without " + file);
      // A checkpoint without a manifest is one that was not finished: the one before it is right.
      if (file.startsWith("checkpoints/" + bed.newest()) && !file.endsWith("manifest")) {
        assertEquals(Verdict.REFUSED, verdict, file);
      }
    }
  }

  @Test
  void shouldBeRefusedWhenTheFirstSegmentsAreMissing() throws Exception {
    folded.copyTo(victim);
    Files.delete(victim.resolve("log.000000000"));
    assertEquals(Verdict.REFUSED, folded.open(victim, "without the first segment"));
    for (String file : DamageBed.files(victim)) {
      if (file.startsWith("log.")) {
        Files.delete(victim.resolve(file));
      }
    }
    assertEquals(Verdict.REFUSED, folded.open(victim, "without any segment"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"folded", "dumped"})
  void shouldNeverGiveAWrongValueWhenTwoFilesAreSwapped(String name) {
    DamageBed bed = bed(name);
    List<String> files = DamageBed.files(bed.golden);
    Tally tally = new Tally();
    for (int i = 0; i < files.size(); i++) {
      for (int j = i + 1; j < files.size(); j++) {
        byte[] one = DamageBed.read(bed.golden.resolve(files.get(i)));
        byte[] two = DamageBed.read(bed.golden.resolve(files.get(j)));
        if (one.length != two.length && !files.get(j).endsWith("manifest")) {
          continue;
        }
        bed.copyTo(victim);
        DamageBed.write(victim.resolve(files.get(i)), two);
        DamageBed.write(victim.resolve(files.get(j)), one);
        tally.add(bed.open(victim, files.get(i) + " and " + files.get(j) + " swapped"));
      }
    }
    assertTrue(tally.of(Verdict.REFUSED) > 2, tally.counts::toString);
  }

  @ParameterizedTest
  @ValueSource(strings = {"folded", "dumped"})
  void shouldNeverGiveAWrongValueWhenAFileIsOfAnotherStore(String name) {
    DamageBed bed = bed(name);
    for (String file : DamageBed.files(bed.golden)) {
      String others = file;
      for (int i = 0; i < bed.tokens.size(); i++) {
        others = others.replace(bed.tokens.get(i).toString(), other.tokens.get(i).toString());
      }
      if (Files.exists(other.golden.resolve(others))) {
        bed.copyTo(victim);
        DamageBed.write(victim.resolve(file), DamageBed.read(other.golden.resolve(others)));
        bed.open(victim, file + " of another store");
      }
    }
  }

  @Test
  void shouldBeRefusedWhenACheckpointOfAnotherStoreIsAdded() {
    folded.copyTo(victim);
    for (CheckpointToken token : other.tokens.subList(3, 6)) {
      String directory = "checkpoints/" + token;
      DamageBed.copy(other.golden.resolve(directory), victim.resolve(directory));
    }
    assertEquals(Verdict.REFUSED, folded.open(victim, "with checkpoints of another store"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"folded", "dumped"})
  void shouldNeverGiveAWrongValueWhenAFileIsAnEarlierVersion(String name) {
    DamageBed bed = bed(name);
    Tally tally = new Tally();
    for (CheckpointToken token : bed.tokens.subList(0, bed.tokens.size() - 1)) {
      for (String file : DamageBed.files(bed.copies.get(token))) {
        byte[] stale = DamageBed.read(bed.copies.get(token).resolve(file));
        if (!Arrays.equals(stale, DamageBed.read(bed.golden.resolve(file)))) {
          bed.copyTo(victim);
          DamageBed.write(victim.resolve(file), stale);
          tally.add(bed.open(victim, file + " as it was at " + token));
        }
      }
    }
    assertNotEquals(Map.of(), tally.counts);
  }

  @Test
  void shouldBeRefusedWhenSnapshotPagesAreThoseOfAnEarlierSnapshot() {
    Path directory = place.resolve("twice");
    CheckpointToken first;
    CheckpointToken second;
    try (Store store = Store.open(DamageBed.config(directory));
        Session session = store.newSession()) {
      session.upsert(1, MemorySegment.ofArray(new byte[] {1}));
      first = store.checkpoint(CheckpointKind.SNAPSHOT).await();
      session.upsert(1, MemorySegment.ofArray(new byte[] {2}));
      session.upsert(1, MemorySegment.ofArray(new byte[] {3}));
      second = store.checkpoint(CheckpointKind.SNAPSHOT).await();
    }
    String pages = "checkpoints/%s/pages.000000000";
    byte[] stale = DamageBed.read(directory.resolve(pages.formatted(first)));
    DamageBed.write(directory.resolve(pages.formatted(second)), stale);
    CorruptionException e =
        assertThrows(CorruptionException.class, () -> Store.open(DamageBed.config(directory)));
    assertTrue(e.getMessage().contains("pages"), e.getMessage());
    assertTrue(e.getMessage().contains(first.toString()), e.getMessage());
  }
}
