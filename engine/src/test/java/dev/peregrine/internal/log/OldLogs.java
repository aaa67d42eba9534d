package dev.peregrine.internal.log;

import dev.peregrine.device.Volume;
import dev.peregrine.internal.hlog.PageIdentity;
import java.util.List;

/** Makes logs of earlier versions of the format, and looks at what tests can't see otherwise. */
public final class OldLogs {
  private OldLogs() {}

  /** Makes an empty log of a version; who opens it goes on in that version. */
  public static void create(Volume volume, int version, int pageBytes, long segmentBytes) {
    publish(
        volume,
        new Anchor(
            version,
            1,
            PageIdentity.create(77),
            Integer.numberOfTrailingZeros(pageBytes),
            segmentBytes,
            ExtentHeader.BYTES,
            0,
            0,
            VoidRanges.NONE,
            List.of()));
  }

  /** Makes an anchor the one that counts. */
  static void publish(Volume volume, Anchor anchor) {
    new AnchorFiles(volume).publish(anchor);
  }

  /** The version that the files of a log say, in both copies of the anchor. */
  public static boolean isWhole(Volume volume, int version) {
    Anchor anchor = new AnchorFiles(volume).load(new java.util.ArrayList<>());
    return anchor.version() == version && new AnchorFiles(volume).areBoth(anchor);
  }
}
