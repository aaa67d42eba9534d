package dev.peregrine.internal.hlog;

import dev.peregrine.memory.Checksum;
import dev.peregrine.memory.Memory;
import dev.peregrine.memory.NativeRegion;
import java.lang.foreign.MemorySegment;
import java.util.function.LongConsumer;

/** Changes pages as one would who can compute checksums. */
public final class PageForger {
  private PageForger() {}

  /**
   * Changes a page and seals it again as what it was.
   *
   * @param page its bytes, which are replaced
   * @param change gets the address of a copy in native memory
   * @return the checksum of the page now, as a manifest would have it
   */
  public static int change(byte[] page, LongConsumer change) {
    try (NativeRegion region = NativeRegion.reserve(page.length)) {
      long address = region.address();
      MemorySegment bytes = MemorySegment.ofArray(page);
      Memory.copyIn(bytes, 0, address, page.length);
      change.accept(address);
      long footer = address + PageImage.usableBytes(page.length);
      int role = PageImage.role(footer);
      int generation = PageImage.generation(footer);
      Checksum checksum = new Checksum(address, page.length);
      long storeId = PageImage.storeId(footer);
      long number = PageImage.page(footer);
      PageImage.seal(address, page.length, storeId, number, generation, checksum);
      if (role == PageImage.IN_LOG) {
        PageImage.moveToLog(address, page.length, generation, checksum);
      }
      Memory.copyOut(address, bytes, 0, page.length);
      return PageImage.pageChecksum(address, page.length);
    }
  }
}
