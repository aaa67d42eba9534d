package dev.peregrine.device;

import java.util.List;

/**
 * A directory that belongs to one store or log: devices of segment files, and small files that are
 * written once, with the calls that make each step durable.
 *
 * <p>Paths are relative, their names separated by {@code /}; each name is of 1 to 100 ASCII
 * letters, digits, {@code .}, {@code _} and {@code -}, and begins with none of {@code .} and {@code
 * -}, so that no path leads out of the volume. The empty path is the volume itself. The name {@code
 * lock} in it is the volume's own. Another path is refused by an {@link IllegalArgumentException}.
 *
 * <p><b>Durability.</b> Nothing is durable before it is asked for: the bytes of a file by {@link
 * #sync}, its name, a new name after {@link #rename} and the absence of a deleted one by {@link
 * #syncDirectory} of the directory that holds it. A power cut may undo what was not asked for, in
 * any combination. A file whose sync failed is lost: a later sync of it fails with the first cause,
 * because a success would prove nothing, until it is deleted. After a failed sync of a directory
 * what it was called for may be lost, also if a later one succeeds: do it anew under another name.
 * A device that fails poisons itself only.
 *
 * <p>One user at a time has a volume open, in whatever process; one that dies gives it back. Files
 * are created readable and writable by their owner only, directories likewise. Symbolic links and
 * special files are refused, except that the volume's own directory may be reached through a link.
 * Any thread may call any method; all throw {@link DeviceException} with the operation, the path
 * and the system's reason, and {@link IllegalStateException} once the volume is closed.
 */
public interface Volume extends AutoCloseable {
  /**
   * Opens a device of segment files named {@code path.000000000} and so on, with the segments that
   * are there. Its directory must exist. Growth and truncation are durable when they return, as far
   * as the directory itself is. The caller closes the device before the volume.
   *
   * @param path the segments' common name
   * @param segmentBytes their length, a power of two from 4 KiB to 1 TiB
   * @throws DeviceException if it is open already, or its files are not as they should be
   */
  Device openDevice(String path, long segmentBytes);

  /**
   * Whether there is a file or a directory of this name. Segments have names of their own: there is
   * {@code path.000000000}, not {@code path}.
   */
  boolean exists(String path);

  /**
   * The names in a directory, of files, segments and directories, sorted. A name that no path can
   * have is not this volume's, and is left out.
   *
   * @return none if the directory does not exist
   */
  List<String> list(String directory);

  /**
   * Makes one directory, whose parent must exist; nothing happens if it is there already. Its name
   * is durable after a {@link #syncDirectory} of the parent.
   */
  void makeDirectory(String directory);

  /**
   * Creates a file with these contents.
   *
   * @throws DeviceException if it exists, or could not be written as a whole; what there is of it
   *     then is of no use
   */
  void write(String path, byte[] contents);

  /**
   * Reads a whole file.
   *
   * @param mostBytes the greatest length to accept, so that a wrong file cannot exhaust memory
   * @throws DeviceException if it does not exist or is longer
   */
  byte[] read(String path, int mostBytes);

  /** Makes a file's bytes durable; not its name. */
  void sync(String path);

  /**
   * Gives a file another name in one step, replacing the file that has that name. Directories are
   * not renamed, nor are segments.
   */
  void rename(String from, String to);

  /**
   * Deletes a file, a segment of a device that is not open, or a directory that is empty.
   *
   * @throws DeviceException if it does not exist
   */
  void delete(String path);

  /** Makes durable which names there are in a directory and what they mean; not its own name. */
  void syncDirectory(String directory);

  /** What it is, in one line for people. */
  String describe();

  /**
   * Gives the volume back to other users; syncs nothing. Idempotent.
   *
   * @throws IllegalStateException if a device of it is open
   */
  @Override
  void close();
}
