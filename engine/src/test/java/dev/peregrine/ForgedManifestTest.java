package dev.peregrine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.internal.checkpoint.Manifest;
import dev.peregrine.internal.checkpoint.ManifestCodec;
import dev.peregrine.internal.cpr.SessionCut;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Manifests that say what can't be, although their checksum holds; and settings that differ. */
class ForgedManifestTest {
  @TempDir private static Path place;
  private static DamageBed bed;

  private final Path victim = place.resolve("victim");

  @BeforeAll
  static void build() {
    bed =
        new DamageBed(
            place.resolve("golden"),
            3,
            CheckpointKind.FOLD_OVER,
            CheckpointKind.SNAPSHOT,
            CheckpointKind.SNAPSHOT);
  }

  private String refusal(UnaryOperator<Manifest> change) {
    bed.copyTo(victim);
    ManifestForger.change(victim, bed.newest(), change);
    return assertThrows(CorruptionException.class, () -> Store.open(DamageBed.config(victim)))
        .getMessage();
  }

  @Test
  void shouldRefuseAnyBitThatIsFlippedAndAnyLength() {
    byte[] bytes = DamageBed.read(bed.golden.resolve("checkpoints/" + bed.newest() + "/manifest"));
    for (int bit = 0; bit < 8 * bytes.length; bit++) {
      byte[] damaged = bytes.clone();
      damaged[bit / 8] ^= (byte) (1 << bit % 8);
      CorruptionException e =
          assertThrows(CorruptionException.class, () -> ManifestCodec.decode(damaged, "here"));
      assertTrue(e.getMessage().startsWith("here is refused at offset"), e.getMessage());
    }
    for (int length = 0; length < bytes.length; length++) {
      byte[] shorter = Arrays.copyOf(bytes, length);
      assertThrows(CorruptionException.class, () -> ManifestCodec.decode(shorter, "here"));
    }
  }

  @Test
  void shouldRefuseAnotherFormatVersionWhenItsChecksumHolds() {
    bed.copyTo(victim);
    Path path = victim.resolve("checkpoints/" + bed.newest() + "/manifest");
    ByteBuffer bytes = ByteBuffer.wrap(DamageBed.read(path)).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(Long.BYTES, 7);
    CRC32C sum = new CRC32C();
    sum.update(bytes.array(), 0, bytes.capacity() - Integer.BYTES);
    bytes.putInt(bytes.capacity() - Integer.BYTES, (int) sum.getValue());
    DamageBed.write(path, bytes.array());
    CorruptionException e =
        assertThrows(CorruptionException.class, () -> Store.open(DamageBed.config(victim)));
    assertTrue(e.getMessage().contains("format version 7"), e.getMessage());
  }

  @Test
  void shouldNameTheOneBeforeAndOpenItWhenTheNewestIsDamaged() {
    bed.copyTo(victim);
    Path path = victim.resolve("checkpoints/" + bed.newest() + "/manifest");
    DamageBed.write(path, new byte[100]);
    CheckpointToken before = bed.tokens.get(bed.tokens.size() - 2);
    CorruptionException e =
        assertThrows(CorruptionException.class, () -> Store.open(DamageBed.config(victim)));
    assertTrue(e.getMessage().contains(before.toString()), e.getMessage());
    assertTrue(e.getMessage().contains("checkpoints/" + bed.newest()), e.getMessage());
    try (Store store = Store.open(DamageBed.config(victim), before, RecoveryProgress.NONE)) {
      assertEquals(before, store.recovery().token());
      assertEquals(
          DamageBed.Verdict.HARMLESS,
          DamageBed.requireExact(store, bed.states.get(before), "the one before"));
    }
    assertEquals(DamageBed.Verdict.HARMLESS, bed.open(victim, "newest again"));
  }

  @Test
  void shouldKeepNewerCheckpointsWhenTheLogOfAnOlderOneIsDamaged() {
    bed.copyTo(victim);
    CheckpointToken folded = bed.tokens.get(1);
    long cut = ManifestForger.read(victim, folded).log().cut();
    Path segment = victim.resolve("log.%09d".formatted((cut - 1) / (64 << 10)));
    byte[] bytes = DamageBed.read(segment);
    bytes[(int) ((cut - 100) % (64 << 10))] ^= 1;
    DamageBed.write(segment, bytes);
    List<String> before = DamageBed.files(victim);
    assertThrows(
        CorruptionException.class,
        () -> Store.open(DamageBed.config(victim), folded, RecoveryProgress.NONE));
    assertEquals(before, DamageBed.files(victim));
  }

  static Stream<Arguments> settings() {
    return Stream.of(
        Arguments.of("kind", StoreConfig.builder(StoreKind.BYTES_TO_BYTES)),
        Arguments.of("pageBytes", builder().pageBytes(8 << 10)),
        Arguments.of("segmentBytes", builder().segmentBytes(128 << 10)),
        Arguments.of("indexBytes", builder().indexBytes(32 << 10)));
  }

  private static StoreConfig.Builder builder() {
    return DamageBed.config(place.resolve("victim")).toBuilder();
  }

  @ParameterizedTest
  @MethodSource("settings")
  void shouldSayWhatDiffersWhenTheStoreWasMadeOtherwise(String what, StoreConfig.Builder builder) {
    bed.copyTo(victim);
    StoreConfig config = builder.directory(victim).build();
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> Store.open(config));
    assertTrue(e.getMessage().contains(what), e.getMessage());
    assertEquals(DamageBed.Verdict.HARMLESS, bed.open(victim, "after the refusal"));
  }

  static Stream<List<SessionCut>> sessions() {
    long[] none = {};
    return Stream.of(
        List.of(new SessionCut(5, -1, none)),
        List.of(new SessionCut(0, 1, none)),
        List.of(new SessionCut(5, 1, none), new SessionCut(5, 1, none)),
        List.of(new SessionCut(6, 1, none), new SessionCut(5, 1, none)),
        List.of(new SessionCut(5, 1, new long[] {2})),
        List.of(new SessionCut(5, 9, new long[] {3, 2})),
        List.of(new SessionCut(5, 9, new long[] {0})));
  }

  @ParameterizedTest
  @MethodSource("sessions")
  void shouldRefuseSessionsWhoseSerialsCannotBe(List<SessionCut> cuts) {
    String message =
        refusal(
            manifest ->
                ManifestForger.with(
                    manifest,
                    new Manifest.SessionPart(
                        manifest.sessions().version(), manifest.sessions().cut(), cuts)));
    assertTrue(message.contains("session"), message);
  }

  @Test
  void shouldRefuseSessionsOfAnotherCut() {
    List<Manifest.SessionPart> parts = new ArrayList<>();
    Manifest.SessionPart good = ManifestForger.read(bed.golden, bed.newest()).sessions();
    parts.add(new Manifest.SessionPart(good.version() + 1, good.cut(), good.cuts()));
    parts.add(new Manifest.SessionPart(good.version(), good.cut() + 4096, good.cuts()));
    parts.add(null);
    for (Manifest.SessionPart part : parts) {
      String message = refusal(manifest -> ManifestForger.with(manifest, part));
      assertTrue(message.contains("sessions"), message);
    }
  }

  @Test
  void shouldRefuseAShapeThatNoStoreHas() {
    Manifest.StoreShape good = ManifestForger.read(bed.golden, bed.newest()).store();
    for (int pageBytes : new int[] {0, -4096, 5000, 1 << 30}) {
      Manifest.StoreShape shape =
          new Manifest.StoreShape(
              good.storeId(), 1, good.hashId(), pageBytes, good.segmentBytes(), 256, 32);
      assertTrue(refusal(m -> ManifestForger.with(m, shape)).contains("pages of " + pageBytes));
    }
    for (long segmentBytes : new long[] {0, 4096, 100_000, Long.MIN_VALUE}) {
      Manifest.StoreShape shape =
          new Manifest.StoreShape(
              good.storeId(), 1, good.hashId(), good.pageBytes(), segmentBytes, 256, 32);
      assertTrue(refusal(m -> ManifestForger.with(m, shape)).contains("segments of"));
    }
    Manifest.StoreShape kind =
        new Manifest.StoreShape(
            good.storeId(), 9, good.hashId(), good.pageBytes(), good.segmentBytes(), 256, 32);
    assertTrue(refusal(m -> ManifestForger.with(m, kind)).contains("kind of store 9"));
    Manifest.StoreShape index =
        new Manifest.StoreShape(
            good.storeId(), 1, good.hashId(), good.pageBytes(), good.segmentBytes(), 255, 32);
    assertTrue(refusal(m -> ManifestForger.with(m, index)).contains("index of 255"));
  }

  private static Manifest.LogPart log(
      Manifest.LogPart part, long begin, long flushedUntil, long cut) {
    return new Manifest.LogPart(
        part.version(),
        begin,
        flushedUntil,
        cut,
        part.firstPages(),
        part.generations(),
        part.tailChecksums());
  }

  @Test
  void shouldRefuseALogThatCannotBe() {
    Manifest.LogPart good = ManifestForger.read(bed.golden, bed.newest()).log();
    List<Manifest.LogPart> parts =
        List.of(
            log(good, -64, good.flushedUntil(), good.cut()),
            log(good, 0, good.flushedUntil(), good.cut()),
            log(good, good.cut() + 4096, good.flushedUntil(), good.cut()),
            log(good, good.begin(), good.cut() + 4096, good.cut()),
            log(good, good.begin(), good.flushedUntil(), Long.MAX_VALUE),
            log(good, good.begin(), good.flushedUntil(), good.cut() + 8),
            log(good, good.begin(), good.flushedUntil(), good.cut() + (16 << 10)));
    for (Manifest.LogPart part : parts) {
      refusal(manifest -> ManifestForger.with(manifest, part));
    }
    Manifest.LogPart runs =
        new Manifest.LogPart(
            good.version(),
            good.begin(),
            good.flushedUntil(),
            good.cut(),
            new long[] {0, 5, 3},
            new int[] {1, 2, 3},
            good.tailChecksums());
    refusal(manifest -> ManifestForger.with(manifest, runs));
  }

  @Test
  void shouldRefuseAnIndexThatCannotBe() {
    Manifest.IndexPart good = ManifestForger.read(bed.golden, bed.newest()).index();
    List<Manifest.IndexPart> parts =
        List.of(
            new Manifest.IndexPart(
                good.version() + 5,
                good.notedTail(),
                good.endTail(),
                good.bytes(),
                good.overflowUsed(),
                good.checksums()),
            new Manifest.IndexPart(
                good.version(),
                good.endTail() + 8,
                good.endTail(),
                good.bytes(),
                good.overflowUsed(),
                good.checksums()),
            new Manifest.IndexPart(
                good.version(),
                good.notedTail(),
                Long.MAX_VALUE,
                good.bytes(),
                good.overflowUsed(),
                good.checksums()),
            new Manifest.IndexPart(
                good.version(),
                good.notedTail(),
                good.endTail(),
                good.bytes() - 64,
                good.overflowUsed(),
                good.checksums()),
            new Manifest.IndexPart(
                good.version(),
                good.notedTail(),
                good.endTail(),
                good.bytes(),
                good.overflowUsed() + 1,
                good.checksums()),
            new Manifest.IndexPart(
                good.version(),
                good.notedTail(),
                good.endTail(),
                good.bytes(),
                good.overflowUsed(),
                new int[1]));
    for (Manifest.IndexPart part : parts) {
      refusal(manifest -> ManifestForger.with(manifest, part));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "..",
        "../../etc/passwd",
        "000000000001/9f3a66c01b2d4e5f",
        "000000000001-9f3a66c01b2d4e5f/..",
        "1-9f3a66c01b2d4e5f",
        "000000000001-9F3A66C01B2D4E5F",
        "000000000001-9f3a66c01b2d4e5",
        "000000000001-9f3a66c01b2d4e5f\n",
        "+00000000001-9f3a66c01b2d4e5f",
        "00000000000\u0661-9f3a66c01b2d4e5f",
        "000000000001-9f3a66c01b2d4e5f.manifest"
      })
  void shouldRefuseATokenOfAnotherForm(String text) {
    assertThrows(IllegalArgumentException.class, () -> CheckpointToken.parse(text));
    assertTrue(!CheckpointToken.isToken(text));
  }

  @Test
  void shouldGiveATokenBackWhenItsTextIsParsed() {
    for (CheckpointToken token : bed.tokens) {
      assertEquals(token, CheckpointToken.parse(token.toString()));
    }
    assertThrows(IllegalArgumentException.class, () -> new CheckpointToken(-1, 0));
    assertThrows(IllegalArgumentException.class, () -> new CheckpointToken(1_000_000_000_000L, 0));
  }

  @Test
  void shouldBeReadableByTheOwnerOnly() throws Exception {
    try (Stream<Path> all = Files.walk(bed.golden)) {
      for (Path path : all.toList()) {
        String expected = Files.isDirectory(path) ? "rwx------" : "rw-------";
        assertEquals(
            PosixFilePermissions.fromString(expected),
            Set.copyOf(Files.getPosixFilePermissions(path)),
            path.toString());
      }
    }
  }
}
