import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Makes the disk as a power cut may leave it, out of the disk at the start and the log of {@code
 * writelog.c}: all that was flushed by then, and any of the 4 KiB blocks written since.
 *
 * <p>Usage: {@code java CutImage.java IMAGE LOG SEED FROM UNTIL LINES OUT}, where IMAGE is changed,
 * FROM and UNTIL are nanoseconds since 1970 between which the power is cut, LINES has lines with
 * the time in front of each, and OUT gets those that were there before the cut.
 */
final class CutImage {
  private static final int HEAD_BYTES = 32;
  private static final int BLOCK_BYTES = 4096;
  private static final long WRITE = 1;

  private record Entry(long nanos, long kind, long offset, int length, long at) {}

  private CutImage() {}

  public static void main(String[] args) throws IOException {
    Random random = new Random(Long.parseLong(args[2]));
    long from = Long.parseLong(args[3]);
    long until = Long.parseLong(args[4]);
    try (FileChannel log = FileChannel.open(Path.of(args[1]));
        FileChannel image = FileChannel.open(Path.of(args[0]), StandardOpenOption.WRITE)) {
      List<Entry> entries = read(log, until);
      int first = 0;
      while (first < entries.size() && entries.get(first).nanos < from) {
        first++;
      }
      int cut = first + random.nextInt(Math.max(1, entries.size() - first));
      int flushed = cut;
      while (flushed > 0 && entries.get(flushed - 1).kind == WRITE) {
        flushed--;
      }
      int dropped = 0;
      int open = 0;
      for (int i = 0; i < cut; i++) {
        Entry entry = entries.get(i);
        for (int at = 0; at < entry.length; at += BLOCK_BYTES) {
          boolean isOpen = i >= flushed;
          open += isOpen ? 1 : 0;
          if (isOpen && random.nextBoolean()) {
            dropped++;
          } else {
            copy(log, entry.at + at, image, entry.offset + at, entry.length - at);
          }
        }
      }
      long moment = cut == 0 ? from : entries.get(cut - 1).nanos;
      List<String> said = new ArrayList<>();
      for (String line : Files.readAllLines(Path.of(args[5]))) {
        int space = line.indexOf(' ');
        if (Long.parseLong(line.substring(0, space)) <= moment) {
          said.add(line.substring(space + 1));
        }
      }
      Files.write(Path.of(args[6]), said);
      System.out.printf(
          "cut at %d of %d, %d of %d blocks that were not flushed dropped: ",
          cut, entries.size(), dropped, open);
    }
  }

  private static List<Entry> read(FileChannel log, long until) throws IOException {
    List<Entry> entries = new ArrayList<>();
    ByteBuffer head = ByteBuffer.allocate(HEAD_BYTES).order(ByteOrder.nativeOrder());
    for (long at = 0; at + HEAD_BYTES <= log.size(); ) {
      head.clear();
      log.read(head, at);
      head.flip();
      long nanos = head.getLong();
      long kind = head.getLong();
      long offset = head.getLong();
      int length = (int) head.getLong();
      if (nanos > until) {
        break;
      }
      entries.add(new Entry(nanos, kind, offset, length, at + HEAD_BYTES));
      at += HEAD_BYTES + length;
    }
    return entries;
  }

  private static void copy(FileChannel log, long at, FileChannel image, long offset, int left)
      throws IOException {
    ByteBuffer block = ByteBuffer.allocate(Math.min(left, BLOCK_BYTES));
    log.read(block, at);
    block.flip();
    image.write(block, offset);
  }
}
