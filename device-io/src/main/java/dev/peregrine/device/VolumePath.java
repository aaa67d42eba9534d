package dev.peregrine.device;

import java.util.List;
import java.util.regex.Pattern;

/**
 * A path inside a {@link Volume} that has been checked: it cannot lead out of it.
 *
 * @param names from the volume downwards; none for the volume itself
 */
record VolumePath(List<String> names) {
  /** The file by which a volume is locked: it is opened by nobody else, who would unlock it. */
  static final String LOCK = "lock";

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,99}");
  private static final int MAX_CHARS = 1000;
  private static final VolumePath ROOT = new VolumePath(List.of());

  /**
   * Checks the path of a directory, perhaps the volume itself.
   *
   * @throws IllegalArgumentException naming what is wrong
   */
  static VolumePath directory(String path) {
    return path.isEmpty() ? ROOT : file(path);
  }

  /** As {@link #directory}, and refuses the volume itself. */
  static VolumePath file(String path) {
    if (path.isEmpty()) {
      throw new IllegalArgumentException("the empty path is the volume itself, no file in it");
    }
    if (path.length() > MAX_CHARS) {
      throw new IllegalArgumentException(
          "a path has " + path.length() + " characters, more than " + MAX_CHARS);
    }
    List<String> names = List.of(path.split("/", -1));
    for (String name : names) {
      if (!NAME.matcher(name).matches()) {
        throw new IllegalArgumentException(
            "path \"" + path + "\" is refused: its name \"" + name + "\" is not " + NAME);
      }
    }
    if (names.getFirst().equals(LOCK)) {
      throw new IllegalArgumentException("path \"" + path + "\" is refused: the lock's file");
    }
    return new VolumePath(names);
  }

  /** Whether a directory at this path may show a file of this name to users. */
  boolean shows(String name) {
    return NAME.matcher(name).matches() && !(isRoot() && name.equals(LOCK));
  }

  /** Whether it is the volume itself. */
  boolean isRoot() {
    return names.isEmpty();
  }

  /** The last name. */
  String name() {
    return names.getLast();
  }

  /** The directory that holds it. */
  VolumePath parent() {
    return new VolumePath(names.subList(0, names.size() - 1));
  }

  @Override
  public String toString() {
    return String.join("/", names);
  }
}
