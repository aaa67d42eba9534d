package dev.peregrine.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/**
 * That the protocol by which small files are replaced (a new file, its sync, a rename, the sync of
 * the directory) holds at each event at which the power may go off, and that the simulation catches
 * those that leave out a step.
 */
final class SimulatedVolumeProtocolTest {
  private static final int SEEDS = 2_000;
  private static final int WORDS = 200;
  private static final int LAST_VERSION = 3;

  /** What a protocol leaves out. */
  private enum Omission {
    NOTHING,
    SYNC,
    DIRECTORY_SYNC,
    RENAME
  }

  /** What was found after a crash that no protocol may allow. */
  private static final class Damage extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Damage(String what) {
      super(what);
    }
  }

  private int acknowledged;
  private int interrupted;
  private int started;

  private static byte[] contentOf(int version) {
    ByteBuffer content = ByteBuffer.allocate(WORDS * Integer.BYTES);
    for (int i = 0; i < WORDS; i++) {
      content.putInt(version);
    }
    return content.array();
  }

  /** Replaces the file by later versions, until the last one or until the power is off. */
  private void run(SimulatedVolume volume, Omission omission) {
    acknowledged = 0;
    started = 0;
    try {
      for (int version = 1; version <= LAST_VERSION; version++) {
        started = version;
        replace(volume, contentOf(version), omission);
        acknowledged = version;
      }
    } catch (DeviceException e) {
      assertTrue(e.getMessage().contains("power is off"), e.getMessage());
      interrupted++;
    }
  }

  private static void replace(SimulatedVolume volume, byte[] content, Omission omission) {
    if (omission == Omission.RENAME) {
      if (volume.exists("state")) {
        volume.delete("state");
      }
      volume.write("state", content);
      volume.sync("state");
      volume.syncDirectory("");
      return;
    }
    volume.write("state.tmp", content);
    if (omission != Omission.SYNC) {
      volume.sync("state.tmp");
    }
    volume.rename("state.tmp", "state");
    if (omission != Omission.DIRECTORY_SYNC) {
      volume.syncDirectory("");
    }
  }

  /** Looks at what a crash left: one of the versions that may be there, and whole. */
  private void check(SimulatedVolume after) {
    if (!after.exists("state")) {
      if (acknowledged > 0) {
        throw new Damage("lost version " + acknowledged);
      }
      return;
    }
    byte[] content = after.read("state", 1 << 20);
    if (content.length != WORDS * Integer.BYTES) {
      throw new Damage("length " + content.length);
    }
    ByteBuffer words = ByteBuffer.wrap(content);
    int version = words.getInt();
    while (words.hasRemaining()) {
      if (words.getInt() != version) {
        throw new Damage("torn at " + words.position());
      }
    }
    if (version < acknowledged || version > started) {
      throw new Damage("version " + version + " after " + acknowledged);
    }
  }

  /** Cuts the power before each event and after the last; how many crashes did damage. */
  private int damages(long seed, Omission omission) {
    SimulatedVolume counting = SimulatedVolume.create(seed, FaultPlan.NONE);
    run(counting, omission);
    long events = counting.events();
    int damages = 0;
    for (long event = 1; event <= events + 1; event++) {
      FaultPlan plan = FaultPlan.builder().powerOffAtEvent(event).tearsSectors(true).build();
      SimulatedVolume volume = SimulatedVolume.create(seed * 1000 + event, plan);
      run(volume, omission);
      assertEquals(event <= events ? 1 : 0, volume.faults().powerCuts(), volume.describe());
      SimulatedVolume after = volume.crash();
      try {
        check(after);
      } catch (Damage e) {
        if (omission == Omission.NOTHING) {
          throw new AssertionError(volume.describe() + ", event " + event, e);
        }
        damages++;
      }
    }
    return damages;
  }

  @Test
  void shouldNeverFindDamageWhenEachStepIsTaken() {
    for (long seed = 0; seed < SEEDS; seed++) {
      assertEquals(0, damages(seed, Omission.NOTHING));
    }
    assertEquals(SEEDS * 4 * LAST_VERSION, interrupted);
  }

  @Test
  void shouldFindDamageWhenAStepIsLeftOut() {
    for (Omission omission :
        new Omission[] {Omission.SYNC, Omission.DIRECTORY_SYNC, Omission.RENAME}) {
      int damages = 0;
      for (long seed = 0; seed < 50; seed++) {
        damages += damages(seed, omission);
      }
      assertTrue(damages > 20, omission + ": " + damages + ", seeds 0 to 49");
    }
  }
}
