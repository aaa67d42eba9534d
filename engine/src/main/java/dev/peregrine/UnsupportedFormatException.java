package dev.peregrine;

/** A file is of a version of the format that this release does not know; nothing was changed. */
public final class UnsupportedFormatException extends StoreException {
  private static final long serialVersionUID = 1L;

  /**
   * @param file that is not understood
   * @param found its version
   * @param oldest the first version that is
   * @param latest the last one
   */
  public UnsupportedFormatException(String file, long found, long oldest, long latest) {
    super(
        Severity.STORE,
        file
            + " is of format version "
            + found
            + "; this release knows versions "
            + oldest
            + " to "
            + latest,
        null);
  }
}
