package dev.peregrine.device.uring;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

final class UringAbiTest {
  @Test
  void shouldAddUpToTheSizesOfTheKernelWhenSummed() {
    assertEquals(
        UringAbi.SQE_BYTES, UringAbi.SQE_RESERVED_2_OFFSET + Long.BYTES, "submission entry");
    assertEquals(UringAbi.CQE_BYTES, UringAbi.CQE_FLAGS_OFFSET + Integer.BYTES, "completion");
    assertEquals(
        UringAbi.RING_BYTES,
        UringAbi.SQ_BYTES + UringAbi.CQ_BYTES + UringAbi.RING_TAIL_BYTES,
        "struct io_uring");
    assertEquals(
        UringAbi.WAIT_ARGUMENT_BYTES, UringAbi.WAIT_ARGUMENT_TIMESPEC_POINTER + Long.BYTES);
    assertEquals(UringAbi.TIMESPEC_BYTES, UringAbi.TIMESPEC_NANOS_OFFSET + Long.BYTES);
    assertEquals(UringAbi.IOVEC_BYTES, UringAbi.IOVEC_LENGTH_OFFSET + Long.BYTES);
  }

  @Test
  void shouldPutEachFieldAfterTheOneBeforeWhenListed() {
    int[] sqe = {
      UringAbi.SQE_OPCODE_OFFSET,
      UringAbi.SQE_FLAGS_OFFSET,
      UringAbi.SQE_IOPRIO_OFFSET,
      UringAbi.SQE_FD_OFFSET,
      UringAbi.SQE_FILE_OFFSET_OFFSET,
      UringAbi.SQE_ADDRESS_OFFSET,
      UringAbi.SQE_LENGTH_OFFSET,
      UringAbi.SQE_RW_FLAGS_OFFSET,
      UringAbi.SQE_USER_DATA_OFFSET,
      UringAbi.SQE_BUFFER_INDEX_OFFSET,
      UringAbi.SQE_RESERVED_OFFSET,
      UringAbi.SQE_RESERVED_2_OFFSET,
      UringAbi.SQE_BYTES
    };
    for (int i = 1; i < sqe.length; i++) {
      assertEquals(1, Integer.signum(sqe[i] - sqe[i - 1]), "field " + i);
    }
    assertEquals(104, UringAbi.SQ_BYTES);
    assertEquals(UringAbi.SQ_BYTES - 24, UringAbi.RING_SQ_MAPPED_POINTER);
    assertEquals(196, UringAbi.RING_FD);
  }
}
