package dev.peregrine.internal.log;

import dev.peregrine.CorruptionException;
import dev.peregrine.device.Volume;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The two copies of a log's anchor in its volume: {@code anchor.a} and {@code anchor.b}.
 *
 * <p>Published one after the other, each written to {@code anchor.new}, synced, renamed and its
 * name synced: at each moment one of them is whole. One that is damaged is made good by the other.
 * One thread at a time.
 */
public final class AnchorFiles {
  private static final String[] COPIES = {"anchor.a", "anchor.b"};
  private static final String UNFINISHED = "anchor.new";

  private final Volume volume;

  /**
   * @param volume of the log
   */
  public AnchorFiles(Volume volume) {
    this.volume = volume;
  }

  /** Whether there is a copy, good or not. */
  public boolean exist() {
    return volume.exists(COPIES[0]) || volume.exists(COPIES[1]);
  }

  /** Makes an anchor the one that counts, durably. */
  void publish(Anchor anchor) {
    byte[] bytes = AnchorCodec.encode(anchor);
    for (String copy : COPIES) {
      if (volume.exists(UNFINISHED)) {
        volume.delete(UNFINISHED);
      }
      volume.write(UNFINISHED, bytes);
      volume.sync(UNFINISHED);
      volume.rename(UNFINISHED, copy);
      volume.syncDirectory("");
    }
  }

  /**
   * Whether both copies are as a publication leaves them.
   *
   * @param anchor that counts
   */
  boolean areBoth(Anchor anchor) {
    byte[] expected = AnchorCodec.encode(anchor);
    for (String copy : COPIES) {
      if (!volume.exists(copy)
          || !Arrays.equals(expected, volume.read(copy, AnchorCodec.MOST_BYTES))) {
        return false;
      }
    }
    return true;
  }

  /**
   * Reads the anchor that counts. A copy of a version that is not known is refused, whatever the
   * other one is: it may be the newer one.
   *
   * @param problems hears of a copy that is damaged or missing
   * @throws CorruptionException if both are
   * @throws dev.peregrine.UnsupportedFormatException if one is of a version that is not known
   */
  public Anchor load(List<String> problems) {
    Anchor best = null;
    List<String> found = new ArrayList<>();
    for (String copy : COPIES) {
      if (!volume.exists(copy)) {
        found.add(copy + " is missing");
        continue;
      }
      try {
        Anchor anchor = AnchorCodec.decode(volume.read(copy, AnchorCodec.MOST_BYTES), copy);
        if (best == null || anchor.sequence() > best.sequence()) {
          best = anchor;
        }
      } catch (CorruptionException e) {
        found.add(e.getMessage());
      }
    }
    if (best == null) {
      throw new CorruptionException("the log has no anchor: " + String.join("; ", found));
    }
    problems.addAll(found);
    return best;
  }
}
