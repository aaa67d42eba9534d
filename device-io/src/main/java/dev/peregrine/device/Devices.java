package dev.peregrine.device;

import dev.peregrine.device.segment.Poison;
import dev.peregrine.device.segment.SegmentFiles;
import dev.peregrine.device.uring.UringDevice;
import dev.peregrine.device.uring.UringProbe;
import dev.peregrine.posix.DirectFile;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicBoolean;

/** Opens devices. Any thread may call any method. */
public final class Devices {
  private static final Logger LOGGER = System.getLogger(Devices.class.getName());
  private static final AtomicBoolean FALLBACK_LOGGED = new AtomicBoolean();

  private Devices() {}

  /**
   * Opens a device, with the segments that are there already.
   *
   * @throws DeviceException if a file is missing, damaged or refused, or io_uring was asked for and
   *     does not work here
   */
  public static Device open(DeviceOptions options) {
    return open(options, null);
  }

  /**
   * As {@link #open(DeviceOptions)}.
   *
   * @param held a file that stays open until requests on their way have ended, even if the process
   *     is killed; may be null
   */
  static Device open(DeviceOptions options, DirectFile held) {
    return switch (options.kind()) {
      case AUTO -> openAuto(options, held);
      case URING -> openUring(options, held);
      case PREAD -> openPread(options, "");
      case MEMORY -> new MemoryDevice(options.name(), options.segmentBytes());
      case NULL -> new NullDevice(options.name(), options.segmentBytes());
    };
  }

  /**
   * Why io_uring cannot be used in this JVM, in one line with the remedy, or null if it can. The
   * first call tries it out by a write and a read.
   */
  public static String uringUnavailabilityCause() {
    return UringProbe.unavailabilityCause();
  }

  private static Device openAuto(DeviceOptions options, DirectFile held) {
    String cause = UringProbe.unavailabilityCause();
    if (cause == null) {
      return openUring(options, held);
    }
    if (FALLBACK_LOGGED.compareAndSet(false, true)) {
      LOGGER.log(Level.WARNING, "Reading and writing by pread/pwrite, not io_uring: " + cause);
    }
    return openPread(options, " (not io_uring: " + cause + ")");
  }

  private static Device openUring(DeviceOptions options, DirectFile held) {
    String cause = UringProbe.unavailabilityCause();
    if (cause != null) {
      throw new DeviceException(
          "open", options.directory().toString(), -1, 0, cause + "; or use kind AUTO or PREAD");
    }
    Poison poison = new Poison();
    return new UringDevice(openFiles(options, poison), poison, held);
  }

  private static Device openPread(DeviceOptions options, String note) {
    Poison poison = new Poison();
    return new PreadDevice(openFiles(options, poison), poison, options.preadThreads(), note);
  }

  private static SegmentFiles openFiles(DeviceOptions options, Poison poison) {
    return SegmentFiles.open(
        options.directory(), options.name(), options.segmentBytes(), options.direct(), poison);
  }
}
