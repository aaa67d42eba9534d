package dev.peregrine.internal.recovery;

import dev.peregrine.memory.Checksum;

/**
 * Native memory for reading ahead, and the checksum over it. One thread.
 *
 * @param address where it begins; {@link ChunkReader#buffersBytes} for the chunk
 * @param chunkBytes the unit of reading, a power of two, at least a page
 * @param checksum over all of it
 */
record RecoveryBuffers(long address, int chunkBytes, Checksum checksum) {
  static RecoveryBuffers at(long address, int chunkBytes) {
    return new RecoveryBuffers(
        address, chunkBytes, new Checksum(address, ChunkReader.buffersBytes(chunkBytes)));
  }
}
