package dev.peregrine.bench.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.peregrine.bench.CheckFailedException;
import dev.peregrine.bench.Choices;
import dev.peregrine.bench.Distribution;
import dev.peregrine.bench.Keys;
import dev.peregrine.bench.Workload;
import dev.peregrine.bench.compare.peer.Engine;
import dev.peregrine.bench.compare.peer.Keystream;
import dev.peregrine.bench.compare.peer.Payload;
import dev.peregrine.bench.compare.peer.Peer;
import dev.peregrine.bench.compare.peer.PeerSession;
import dev.peregrine.bench.compare.peer.PeerSetup;
import dev.peregrine.bench.compare.peer.Residency;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each engine does what its session says, in all the ways it is compared. */
class PeersTest {
  private static final int RECORDS = 3000;

  /** More than two batches. */
  private static final int MIXED = 256;

  private static final long COUNTER = 1000;
  private static final long NO_READS = 0;
  private static final long ONLY_READS = 1L << Integer.SIZE;

  @TempDir private Path directory;

  static List<Arguments> ways() {
    List<Arguments> ways = new ArrayList<>();
    for (Engine engine : Engine.values()) {
      for (Residency residency : Residency.values()) {
        for (int valueBytes : new int[] {8, 100}) {
          if (engine.reasonToSkip(residency) == null) {
            ways.add(Arguments.of(engine, residency, valueBytes));
          }
        }
      }
    }
    return ways;
  }

  private PeerSetup setup(Engine engine, Residency residency, int valueBytes) throws Exception {
    ComparePlan plan =
        new ComparePlan(
            List.of(engine),
            List.of(new Stage(residency, valueBytes)),
            List.of(Workload.values()),
            List.of(Distribution.UNIFORM),
            List.of(2),
            RECORDS,
            1,
            0.05,
            0.05,
            16);
    Path place = Files.createDirectory(directory.resolve("engine"));
    return plan.setup(plan.stages().getFirst(), engine, place);
  }

  @ParameterizedTest
  @MethodSource("ways")
  void shouldReadWhatWasWrittenAndLoseNoIncrement(
      Engine engine, Residency residency, int valueBytes) throws Exception {
    PeerSetup setup = setup(engine, residency, valueBytes);
    try (Peer peer = engine.open(setup)) {
      new PeerLoader(peer, setup, ProcessMemory.current()).load(done -> {});
      assertFalse(peer.describe().isEmpty());
      try (PeerSession session = peer.newSession()) {
        for (int i = RECORDS - 1; i >= 0; i -= 7) {
          long key = Keys.of(i);
          session.write(key, i);
          session.finish();
          assertEquals(Payload.word(key, i), read(session, key));
          session.increment(key);
          session.increment(key);
          session.finish();
          assertEquals(Payload.word(key, i) + 2, read(session, key));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void shouldChangeWhatAMixAsksForAndReadIt(Engine engine, Residency residency, int valueBytes)
      throws Exception {
    PeerSetup setup = setup(engine, residency, valueBytes);
    long[] keys = IntStream.range(0, MIXED).mapToLong(Keys::of).toArray();
    Path file = directory.resolve("keys");
    Keystream.write(file, keys);
    try (Peer peer = engine.open(setup)) {
      new PeerLoader(peer, setup, ProcessMemory.current()).load(done -> {});
      Keystream stream = Keystream.over(Keystream.map(file), 0);
      Choices choices = new Choices(1);
      try (PeerSession session = peer.newSession()) {
        session.mix(stream, MIXED, choices, NO_READS, COUNTER);
        session.finish();
        session.mix(stream, 3 * MIXED, choices, NO_READS, -1);
        session.finish();
        session.mix(stream, MIXED, choices, ONLY_READS, -1);
        session.read(stream, MIXED);
        session.finish();
        for (int i = 0; i < MIXED; i++) {
          assertEquals(Payload.word(keys[i], COUNTER + i) + 3, read(session, keys[i]));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void shouldFailWhenARecordOfManyIsMissing(Engine engine, Residency residency, int valueBytes)
      throws Exception {
    Path file = directory.resolve("keys");
    Keystream.write(file, new long[] {Keys.of(1), Keys.of(2)});
    try (Peer peer = engine.open(setup(engine, residency, valueBytes));
        PeerSession session = peer.newSession()) {
      session.write(Keys.of(1), 1);
      session.finish();
      Keystream stream = Keystream.over(Keystream.map(file), 0);
      assertThrows(
          CheckFailedException.class,
          () -> {
            session.read(stream, 2);
            session.finish();
          });
    }
  }

  private static long read(PeerSession session, long key) {
    session.read(key);
    session.finish();
    return session.word();
  }

  @ParameterizedTest
  @MethodSource("ways")
  void shouldFailWhenARecordIsMissing(Engine engine, Residency residency, int valueBytes)
      throws Exception {
    try (Peer peer = engine.open(setup(engine, residency, valueBytes));
        PeerSession session = peer.newSession()) {
      session.write(Keys.of(1), 1);
      session.finish();
      assertThrows(CheckFailedException.class, () -> read(session, Keys.of(2)));
    }
  }

  static List<Arguments> longValues() {
    return ways().stream().filter(way -> way.get()[2].equals(100)).toList();
  }

  @ParameterizedTest
  @MethodSource("longValues")
  void shouldMeasureEachWorkload(Engine engine, Residency residency, int valueBytes)
      throws Exception {
    PeerSetup setup = setup(engine, residency, valueBytes);
    Path keys = directory.resolve("keys");
    Keystream.write(keys, IntStream.range(0, 1 << 11).mapToLong(Keys::of).toArray());
    try (Peer peer = engine.open(setup)) {
      new PeerLoader(peer, setup, ProcessMemory.current()).load(done -> {});
      PeerMeter meter = new PeerMeter(peer, Keystream.map(keys));
      for (Workload workload : Workload.values()) {
        Cell cell = new Cell(residency, valueBytes, workload, Distribution.UNIFORM, 2);
        CellRuns runs = new CellRuns();
        runs.add(meter.measure(cell, 0.01, 0.02));
        CompareReport.CellResult result = runs.result(cell, engine.id(), runs);
        assertEquals(1, result.ratio());
        assertEquals(1, result.opsPerSecond().size());
        assertFalse(result.latency().samples() == 0);
      }
    }
  }
}
