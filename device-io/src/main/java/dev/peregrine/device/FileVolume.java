package dev.peregrine.device;

import dev.peregrine.posix.DirectFile;
import dev.peregrine.posix.Errno;
import dev.peregrine.posix.ErrnoException;
import dev.peregrine.posix.FileKind;
import dev.peregrine.posix.FileNames;
import dev.peregrine.posix.WholeFile;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/** A volume that is a directory of the file system. Any thread may call any method. */
final class FileVolume implements Volume {
  private static final String NOT_REGULAR = "it is not a regular file";

  /** The most files to keep open for their sync. */
  private static final int MAX_KEPT_OPEN = 64;

  private final FileTree tree;
  private final DeviceKind kind;
  private final VolumeLock lock;
  private final FailedSyncs failedSyncs = new FailedSyncs();
  private final OpenDevices devices = new OpenDevices();

  /** A call holds it for reading, {@link #close} for writing. */
  private final ReadWriteLock life = new ReentrantReadWriteLock();

  /** One sync at a time: who succeeds must know that nobody has just met the failure instead. */
  private final Object syncLock = new Object();

  /**
   * Files that were written and not yet synced stay open: a write-back that fails meanwhile is told
   * to those who have the file open, and may be forgotten with the inode when nobody has. No more
   * than {@link #MAX_KEPT_OPEN}, for callers who never sync.
   */
  private final Map<Path, DirectFile> unsynced = new ConcurrentHashMap<>();

  private boolean closed;

  /** A volume over a directory that is there, whose lock it owns. */
  FileVolume(Path directory, DeviceKind kind, VolumeLock lock) {
    this.tree = new FileTree(directory);
    this.kind = kind;
    this.lock = lock;
  }

  @Override
  public Device openDevice(String path, long segmentBytes) {
    VolumePath checked = VolumePath.file(path);
    return call(
        "open",
        checked,
        () -> {
          Path parent = tree.requireParent("open", checked).getParent();
          DeviceOptions options =
              DeviceOptions.builder()
                  .directory(parent)
                  .name(checked.name())
                  .segmentBytes(segmentBytes)
                  .kind(kind)
                  .build();
          return devices.open(checked, () -> Devices.open(options, lock.file()));
        });
  }

  @Override
  public boolean exists(String path) {
    VolumePath checked = VolumePath.directory(path);
    return call("exists", checked, () -> tree.kindOf("exists", checked) != FileKind.MISSING);
  }

  @Override
  public List<String> list(String path) {
    VolumePath checked = VolumePath.directory(path);
    return call(
        "list",
        checked,
        () -> {
          if (tree.kindOf("list", checked) == FileKind.MISSING) {
            return List.of();
          }
          return names(tree.requireDirectory("list", checked), checked);
        });
  }

  private static List<String> names(Path path, VolumePath checked) throws IOException {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        if (checked.shows(name)) {
          names.add(name);
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    names.sort(null);
    return names;
  }

  @Override
  public void makeDirectory(String path) {
    VolumePath checked = VolumePath.directory(path);
    call(
        "makeDirectory",
        checked,
        () -> {
          if (tree.kindOf("makeDirectory", checked) == FileKind.DIRECTORY) {
            return null;
          }
          FileNames.makeDirectory(tree.requireParent("makeDirectory", checked));
          return null;
        });
  }

  @Override
  public void write(String path, byte[] contents) {
    VolumePath checked = VolumePath.file(path);
    call(
        "write",
        checked,
        () -> {
          Path file = tree.requireParent("write", checked);
          devices.requireNotInUse("write", checked);
          DirectFile open = DirectFile.create(file, false);
          try {
            WholeFile.write(open, contents);
          } catch (ErrnoException e) {
            open.close();
            deletePart(file, e);
            throw e;
          }
          keepOpen(file, open);
          return null;
        });
  }

  private static void deletePart(Path file, ErrnoException cause) {
    try {
      FileNames.deleteFile(file);
    } catch (ErrnoException e) {
      cause.addSuppressed(e);
    }
  }

  private void keepOpen(Path file, DirectFile open) {
    if (unsynced.size() >= MAX_KEPT_OPEN) {
      open.close();
      return;
    }
    DirectFile before = unsynced.put(file, open);
    if (before != null) {
      before.close();
    }
  }

  @Override
  public byte[] read(String path, int mostBytes) {
    VolumePath checked = VolumePath.file(path);
    if (mostBytes < 0) {
      throw new IllegalArgumentException("mostBytes " + mostBytes + " must not be negative");
    }
    return call(
        "read",
        checked,
        () -> {
          Path file = tree.requireFile("read", checked);
          try (DirectFile open = DirectFile.openToRead(file)) {
            long bytes = open.openedBytes();
            if (!open.isRegular()) {
              throw tree.refused("read", checked, 0, NOT_REGULAR);
            }
            if (bytes > mostBytes) {
              String reason = "it has " + bytes + " bytes, more than " + mostBytes;
              throw tree.refused("read", checked, Errno.EFBIG, reason);
            }
            byte[] contents = new byte[(int) bytes];
            int read = WholeFile.read(open, contents);
            if (read != contents.length) {
              String reason = "it ended after " + read + " of " + bytes + " bytes";
              throw tree.refused("read", checked, Errno.EIO, reason);
            }
            return contents;
          }
        });
  }

  @Override
  public void sync(String path) {
    VolumePath checked = VolumePath.file(path);
    call(
        "sync",
        checked,
        () -> {
          Path file = tree.requireFile("sync", checked);
          synchronized (syncLock) {
            failedSyncs.requireNone(checked);
            DirectFile kept = unsynced.remove(file);
            try (DirectFile open = kept != null ? kept : DirectFile.openToRead(file)) {
              if (!open.isRegular()) {
                throw tree.refused("sync", checked, 0, NOT_REGULAR);
              }
              sync(open, checked);
            }
          }
          return null;
        });
  }

  private void sync(DirectFile open, VolumePath path) {
    try {
      open.sync();
    } catch (ErrnoException e) {
      throw failedSyncs.add(path, tree.refused("sync", path, e.errno(), e.getMessage()));
    }
  }

  @Override
  public void rename(String from, String to) {
    VolumePath source = VolumePath.file(from);
    VolumePath target = VolumePath.file(to);
    call(
        "rename",
        source,
        () -> {
          Path sourcePath = tree.requireFile("rename", source);
          Path targetPath = tree.requireParent("rename", target);
          devices.requireNotInUse("rename", source);
          devices.requireNotInUse("rename", target);
          if (tree.kindOf("rename", target) == FileKind.DIRECTORY) {
            throw tree.refused("rename", target, Errno.EISDIR);
          }
          FileNames.rename(sourcePath, targetPath);
          failedSyncs.renamed(source, target);
          DirectFile kept = unsynced.remove(sourcePath);
          DirectFile replaced = source.equals(target) ? null : unsynced.remove(targetPath);
          if (replaced != null) {
            replaced.close();
          }
          if (kept != null) {
            keepOpen(targetPath, kept);
          }
          return null;
        });
  }

  @Override
  public void delete(String path) {
    VolumePath checked = VolumePath.file(path);
    call(
        "delete",
        checked,
        () -> {
          Path file = tree.requireParent("delete", checked);
          devices.requireNotInUse("delete", checked);
          if (tree.kindOf("delete", checked) == FileKind.DIRECTORY) {
            FileNames.deleteDirectory(file);
            return null;
          }
          tree.requireFile("delete", checked);
          FileNames.deleteFile(file);
          failedSyncs.deleted(checked);
          DirectFile kept = unsynced.remove(file);
          if (kept != null) {
            kept.close();
          }
          return null;
        });
  }

  @Override
  public void syncDirectory(String path) {
    VolumePath checked = VolumePath.directory(path);
    call(
        "syncDirectory",
        checked,
        () -> {
          Path found = tree.requireDirectory("syncDirectory", checked);
          synchronized (syncLock) {
            try {
              DirectFile.syncDirectory(found);
            } catch (ErrnoException e) {
              throw tree.refused("syncDirectory", checked, e.errno(), e.getMessage());
            }
          }
          return null;
        });
  }

  @Override
  public String describe() {
    return "files in " + tree.root() + ", devices of kind " + kind;
  }

  @Override
  public void close() {
    life.writeLock().lock();
    try {
      if (closed) {
        return;
      }
      devices.requireNone(tree.root().toString());
      closed = true;
      unsynced.values().forEach(DirectFile::close);
      unsynced.clear();
      lock.close();
    } finally {
      life.writeLock().unlock();
    }
  }

  /** What a method does while the volume is open. */
  @FunctionalInterface
  private interface Call<T> {
    T run() throws ErrnoException, IOException;
  }

  private <T> T call(String operation, VolumePath path, Call<T> call) {
    life.readLock().lock();
    try {
      if (closed) {
        throw new IllegalStateException("the volume in " + tree.root() + " is closed");
      }
      return call.run();
    } catch (ErrnoException e) {
      throw tree.refused(operation, path, e.errno(), e.getMessage());
    } catch (IOException e) {
      DeviceException failure = tree.refused(operation, path, 0, e.toString());
      failure.initCause(e);
      throw failure;
    } finally {
      life.readLock().unlock();
    }
  }
}
