package dev.peregrine;

import dev.peregrine.device.Device;
import dev.peregrine.device.DeviceQueue;
import dev.peregrine.device.QueueMode;
import dev.peregrine.device.Volume;
import dev.peregrine.memory.Memory;
import dev.peregrine.memory.NativeRegion;
import java.lang.foreign.MemorySegment;
import java.util.function.BiFunction;

/** Volumes that do not do what they are told; see {@link Sabotage}. */
final class SabotagedVolume {
  private static final String LOG = "log";

  private SabotagedVolume() {}

  static Volume withoutLogSync(Volume volume) {
    return devices(volume, (path, device) -> path.equals(LOG) ? new Unsynced(device) : device);
  }

  static Volume withoutImageSync(Volume volume) {
    return devices(volume, (path, device) -> path.equals(LOG) ? device : new Unsynced(device));
  }

  static Volume syncingEarly(Volume volume) {
    return devices(volume, (path, device) -> new SyncedEarly(device));
  }

  static Volume rewritingTail(Volume volume) {
    return devices(volume, (path, device) -> path.equals(LOG) ? new Rewriting(device) : device);
  }

  static Volume withoutFileSync(Volume volume) {
    return new VolumeFilter(volume) {
      @Override
      public void sync(String path) {}
    };
  }

  static Volume withoutDirectorySync(Volume volume) {
    return new VolumeFilter(volume) {
      @Override
      public void syncDirectory(String directory) {}
    };
  }

  private static Volume devices(Volume volume, BiFunction<String, Device, Device> wrapper) {
    return new VolumeFilter(volume) {
      @Override
      public Device openDevice(String path, long segmentBytes) {
        return wrapper.apply(path, super.openDevice(path, segmentBytes));
      }
    };
  }

  /** Says that it has synced. */
  private static final class Unsynced extends DeviceFilter {
    Unsynced(Device device) {
      super(device);
    }

    @Override
    public void sync() {}
  }

  /** Syncs what was written before, and then writes. */
  private static final class SyncedEarly extends DeviceFilter {
    SyncedEarly(Device device) {
      super(device);
    }

    @Override
    void beforeWrite(DeviceQueue queue, long deviceOffset, long address, int bytes) {
      device().sync();
    }

    @Override
    public void sync() {}
  }

  /**
   * Writes the last sector before each write that follows a sync once more, with the same bytes, as
   * an engine must that goes on in the sector where its cut was.
   */
  private static final class Rewriting extends DeviceFilter {
    private final NativeRegion sector;
    private final byte[] last;
    private long end;
    private boolean synced;

    Rewriting(Device device) {
      super(device);
      sector = NativeRegion.reserve(device.sectorBytes());
      last = new byte[device.sectorBytes()];
    }

    @Override
    void beforeWrite(DeviceQueue queue, long deviceOffset, long address, int bytes) {
      if (synced && end > 0 && deviceOffset == end) {
        try (DeviceQueue own = device().openQueue(1, QueueMode.MOVABLE)) {
          Memory.copyIn(MemorySegment.ofArray(last), 0, sector.address(), last.length);
          own.write(end - last.length, sector.address(), last.length, 0);
          own.submit();
        }
      }
      synced = false;
      end = deviceOffset + bytes;
      Memory.copyOut(address + bytes - last.length, MemorySegment.ofArray(last), 0, last.length);
    }

    @Override
    public void sync() {
      device().sync();
      synced = true;
    }

    @Override
    public void close() {
      super.close();
      sector.close();
    }
  }
}
