package dev.peregrine.bench.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.peregrine.bench.CheckFailedException;
import dev.peregrine.bench.Distribution;
import dev.peregrine.bench.Keys;
import dev.peregrine.bench.Workload;
import dev.peregrine.bench.compare.peer.Engine;
import dev.peregrine.bench.compare.peer.Keystream;
import dev.peregrine.bench.compare.peer.Peer;
import dev.peregrine.bench.compare.peer.PeerSession;
import dev.peregrine.bench.compare.peer.PeerSetup;
import dev.peregrine.bench.compare.peer.Residency;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong in an engine is found and told. */
class BrokenPeerTest {
  @TempDir private Path directory;

  /** A map that adds in two steps. */
  private static class LossyPeer implements Peer {
    private final ConcurrentHashMap<Long, Long> map = new ConcurrentHashMap<>();

    @Override
    public String describe() {
      return "lossy";
    }

    @Override
    public PeerSession newSession() {
      return new PeerSession() {
        @Override
        public boolean read(long key) {
          word = map.get(key);
          return true;
        }

        @Override
        public boolean write(long key, long counter) {
          map.put(key, counter);
          return true;
        }

        @Override
        public boolean increment(long key) {
          long before = map.get(key);
          Thread.yield();
          map.put(key, before + 1);
          return before % 2 == 0 || map.put(key, before) != null; // every other one is lost
        }
      };
    }

    @Override
    public void close() {}
  }

  private PeerSetup setup(Engine engine, Path place) {
    return new PeerSetup(engine, 1000, 8, 2, Residency.ALL, 0, 16, place);
  }

  @Test
  void shouldFailTheLoadWhenIncrementsAreLost() {
    PeerLoader loader =
        new PeerLoader(new LossyPeer(), setup(Engine.CHM_G1, directory), ProcessMemory.current());
    CheckFailedException failure =
        assertThrows(CheckFailedException.class, () -> loader.load(done -> {}));
    assertTrue(failure.getMessage().contains("of 200 increments"), failure.getMessage());
  }

  @Test
  void shouldFailTheMeasurementWhenARecordIsMissing() throws IOException {
    Path keys = directory.resolve("keys");
    Keystream.write(keys, IntStream.range(0, 1 << 10).mapToLong(Keys::of).toArray());
    PeerSetup setup = setup(Engine.CHM_G1, directory);
    Cell cell = new Cell(Residency.ALL, 8, Workload.C, Distribution.UNIFORM, 2);
    try (Peer empty = setup.engine().open(setup)) {
      PeerMeter meter = new PeerMeter(empty, Keystream.map(keys));
      assertThrows(CheckFailedException.class, () -> meter.measure(cell, 0.01, 0.01));
    }
  }

  @Test
  void shouldTellWhyWhenTheProcessCannotOpenTheEngine() throws IOException {
    PeerSetup setup = setup(Engine.ROCKSDB, Path.of("/dev/null/nowhere"));
    try (PeerProcess process = PeerProcess.start(setup, null, directory.resolve("log"))) {
      CheckFailedException failure =
          assertThrows(
              CheckFailedException.class, () -> process.ask(Request.open(setup), 60, done -> {}));
      assertTrue(failure.getMessage().startsWith("rocksdb: "), failure.getMessage());
    }
  }

  @Test
  void shouldGiveUpWhenTheProcessDoesNotAnswerInTime() throws IOException {
    PeerSetup setup = setup(Engine.CHM_G1, directory);
    try (PeerProcess process = PeerProcess.start(setup, null, directory.resolve("log"))) {
      CheckFailedException failure =
          assertThrows(
              CheckFailedException.class,
              () -> process.ask(Request.open(setup), 0.001, done -> {}));
      assertEquals("chm-g1: OPEN took longer than 0 s", failure.getMessage());
    }
  }
}
