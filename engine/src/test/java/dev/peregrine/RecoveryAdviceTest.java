package dev.peregrine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.internal.checkpoint.Manifest;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which checkpoint the error of an opening names to go back to: one that can be opened, then. */
class RecoveryAdviceTest {
  private static final Pattern TOKEN =
      Pattern.compile("(?:damaged is|token) (\\d{12}-[0-9a-f]{16})");
  private static final int SEGMENT_BYTES = 64 << 10;
  private static final int PAGE_BYTES = 16 << 10;
  private static final int FLIPS = 2;

  @TempDir private Path place;
  private final List<CheckpointToken> tokens = new ArrayList<>();
  private final Map<CheckpointToken, Map<Long, byte[]>> states = new HashMap<>();
  private final Map<Long, byte[]> current = new HashMap<>();
  private Path directory;

  /** A store whose checkpoints are of these kinds; a tenth of the keys is set before each. */
  private void build(CheckpointKind... kinds) {
    directory = place.resolve("store");
    try (Store store = Store.open(DamageBed.config(directory));
        Session session = store.newSession()) {
      tokens.add(store.checkpoints().getFirst().token());
      for (int i = 0; i < kinds.length; i++) {
        set(session, i);
        tokens.add(store.checkpoint(kinds[i]).await());
        states.put(tokens.getLast(), new HashMap<>(current));
      }
    }
  }

  private void set(Session session, int round) {
    for (long key = 0; key < DamageBed.KEYS; key++) {
      if (key % 10 == round) {
        byte[] value = {(byte) round, (byte) key, (byte) (key >>> Byte.SIZE), 1, 2, 3, 4, 5};
        session.await(session.upsert(key, MemorySegment.ofArray(value)));
        current.put(key, value);
      }
    }
  }

  private Manifest manifest(int checkpoint) {
    return ManifestForger.read(directory, tokens.get(checkpoint));
  }

  private void flip(String file, long offset) {
    byte[] bytes = DamageBed.read(directory.resolve(file));
    bytes[(int) offset] ^= 1;
    DamageBed.write(directory.resolve(file), bytes);
  }

  private void flipLog(long address) {
    flip("log.%09d".formatted(address / SEGMENT_BYTES), address % SEGMENT_BYTES);
  }

  private String file(int checkpoint, String name) {
    return "checkpoints/" + tokens.get(checkpoint) + "/" + name + ".000000000";
  }

  private String refusal() {
    return assertThrows(StoreException.class, () -> Store.open(DamageBed.config(directory)))
        .getMessage();
  }

  private void requireAdvice(int checkpoint) {
    String message = refusal();
    Matcher found = TOKEN.matcher(message);
    assertTrue(found.find(), message);
    assertEquals(tokens.get(checkpoint).toString(), found.group(1), message);
    requireExact(tokens.get(checkpoint), states.getOrDefault(tokens.get(checkpoint), Map.of()));
  }

  private void requireExact(CheckpointToken token, Map<Long, byte[]> state) {
    try (Store store = Store.open(DamageBed.config(directory), token, RecoveryProgress.NONE)) {
      String what = "back to " + token;
      assertEquals(DamageBed.Verdict.HARMLESS, DamageBed.requireExact(store, state, what));
    }
  }

  @Test
  void shouldNameOneWithAnotherIndexWhenTheImageIsShared() {
    build(
        CheckpointKind.FOLD_OVER, CheckpointKind.FOLD_OVER, CheckpointKind.LOG, CheckpointKind.LOG);
    assertEquals(tokens.get(2), manifest(3).indexToken());
    assertEquals(tokens.get(2), manifest(4).indexToken());
    flip(file(2, "index"), 100);
    requireAdvice(1);
  }

  @Test
  void shouldNameOneWithAnotherIndexWhenTheSharedImageIsMissing() throws Exception {
    build(
        CheckpointKind.FOLD_OVER, CheckpointKind.FOLD_OVER, CheckpointKind.LOG, CheckpointKind.LOG);
    Files.delete(directory.resolve(file(2, "index")));
    requireAdvice(1);
  }

  @Test
  void shouldNameOneBeforeTheBaseWhenTheBaseIsDamaged() {
    build(
        CheckpointKind.FOLD_OVER,
        CheckpointKind.SNAPSHOT,
        CheckpointKind.INCREMENTAL,
        CheckpointKind.INCREMENTAL);
    assertEquals(tokens.get(3), manifest(4).snapshot().base());
    assertEquals(tokens.get(2), manifest(3).snapshot().base());
    flip(file(2, "pages"), 100);
    requireAdvice(1);
  }

  @Test
  void shouldNameTheOneBeforeWhenTheLastIncrementIsDamaged() {
    build(
        CheckpointKind.FOLD_OVER,
        CheckpointKind.SNAPSHOT,
        CheckpointKind.INCREMENTAL,
        CheckpointKind.INCREMENTAL);
    flip(file(4, "pages"), 100);
    requireAdvice(3);
  }

  @Test
  void shouldNameOneThatEndsBelowWhenAPageOfTheLogIsDamaged() {
    build(
        CheckpointKind.FOLD_OVER,
        CheckpointKind.FOLD_OVER,
        CheckpointKind.FOLD_OVER,
        CheckpointKind.SNAPSHOT);
    // The page that the first cut divides: its blocks below are whole.
    long cut = manifest(1).log().cut();
    assertTrue(cut % PAGE_BYTES > 0 && cut < manifest(2).log().cut());
    flipLog(cut + 100);
    requireAdvice(1);
  }

  @Test
  void shouldNameTheEmptyOneAndSaySoWhenAPageThatAllNeedIsDamaged() {
    build(CheckpointKind.FOLD_OVER, CheckpointKind.FOLD_OVER, CheckpointKind.FOLD_OVER);
    flipLog(manifest(1).log().cut() - 100);
    assertTrue(refusal().contains("gives up everything"));
    requireAdvice(0);
  }

  @Test
  void shouldSayThatThereIsNoneWhenAllNeedWhatIsDamaged() {
    build(CheckpointKind.FOLD_OVER, CheckpointKind.LOG, CheckpointKind.LOG);
    StoreFiles.prune(directory, 3);
    assertEquals(3, StoreFiles.list(directory).size());
    flip(file(1, "index"), 100);
    String message = refusal();
    assertTrue(message.contains("no other checkpoint is whole"), message);
  }

  /** Its checksums hold, so that only a recovery tells that it is wrong. */
  @Test
  void shouldNotNameOneWithTheSameIndexWhenTheImageIsWrongFromTheStart() {
    build(
        CheckpointKind.FOLD_OVER, CheckpointKind.FOLD_OVER, CheckpointKind.LOG, CheckpointKind.LOG);
    ManifestForger.change(
        directory,
        tokens.get(2),
        manifest -> {
          Manifest.IndexPart part = manifest.index();
          return ManifestForger.with(
              manifest,
              new Manifest.IndexPart(
                  part.version(),
                  part.notedTail(),
                  part.notedTail(),
                  part.bytes(),
                  part.overflowUsed() + 1,
                  part.checksums()));
        });
    requireAdvice(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void shouldNameOneThatIsExactWhenAnyFileIsDamaged(boolean folds) {
    CheckpointKind second = folds ? CheckpointKind.FOLD_OVER : CheckpointKind.SNAPSHOT;
    CheckpointKind third = folds ? CheckpointKind.LOG : CheckpointKind.INCREMENTAL;
    DamageBed bed =
        new DamageBed(
            place.resolve("golden"), 7, CheckpointKind.SNAPSHOT, second, third, third, third);
    directory = place.resolve("victim");
    Seeds.run(
        FLIPS,
        seed -> {
          SplittableRandom random = new SplittableRandom(seed);
          int refused = 0;
          for (String file : DamageBed.files(bed.golden)) {
            bed.copyTo(directory);
            long length = Files.size(directory.resolve(file));
            flip(file, random.nextLong(length));
            try (Store store = Store.open(DamageBed.config(directory))) {
              assertTrue(bed.states.containsKey(store.recovery().token()));
            } catch (StoreException e) {
              refused++;
              Matcher found = TOKEN.matcher(e.getMessage());
              assertTrue(found.find(), file + ": " + e.getMessage());
              CheckpointToken token = CheckpointToken.parse(found.group(1));
              requireExact(token, bed.states.get(token));
            }
          }
          assertTrue(refused > 0);
        });
  }
}
