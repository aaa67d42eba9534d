package dev.peregrine.device.uring;

/**
 * The binary layouts of io_uring and liburing 2.x: offsets, sizes, opcodes, flags. No code.
 *
 * <p>The kernel's structs never change. {@code struct io_uring} is compiled into every program that
 * uses liburing, through its inline functions, and is as stable within {@code liburing.so.2}.
 *
 * <pre>
 *  submission queue entry (64 bytes)
 *    0        1       2          4            8             16              24        28
 *   +--------+-------+----------+------------+-------------+---------------+---------+----------+
 *   | opcode | flags | ioprio   | fd         | file offset | address       | length  | rw flags |
 *   +--------+-------+----------+------------+-------------+---------------+---------+----------+
 *    32                         40           42            44              48                 64
 *   +---------------------------+------------+-------------+---------------+------------------+
 *   | user data                 | buf. index | personality | splice fd     | reserved         |
 *   +---------------------------+------------+-------------+---------------+------------------+
 *
 *  completion queue entry (16 bytes)          struct io_uring (216 bytes)
 *    0            8          12               0                104              192
 *   +------------+----------+---------+      +----------------+----------------+-------------+
 *   | user data  | result   | flags   |      | struct sq (104)| struct cq (88) | flags, fds… |
 *   +------------+----------+---------+      +----------------+----------------+-------------+
 * </pre>
 */
final class UringAbi {
  // Submission queue entry.
  static final int SQE_BYTES = 64;
  static final int SQE_OPCODE_OFFSET = 0;
  static final int SQE_FLAGS_OFFSET = 1;
  static final int SQE_IOPRIO_OFFSET = 2;
  static final int SQE_FD_OFFSET = 4;
  static final int SQE_FILE_OFFSET_OFFSET = 8;
  static final int SQE_ADDRESS_OFFSET = 16;
  static final int SQE_LENGTH_OFFSET = 24;
  static final int SQE_RW_FLAGS_OFFSET = 28;
  static final int SQE_USER_DATA_OFFSET = 32;
  static final int SQE_BUFFER_INDEX_OFFSET = 40;
  static final int SQE_RESERVED_OFFSET = 48;
  static final int SQE_RESERVED_2_OFFSET = 56;

  /** The file is an index into the registered files. */
  static final int IOSQE_FIXED_FILE = 1;

  // Completion queue entry.
  static final int CQE_BYTES = 16;
  static final int CQE_USER_DATA_OFFSET = 0;
  static final int CQE_RESULT_OFFSET = 8;
  static final int CQE_FLAGS_OFFSET = 12;

  // Opcodes.
  static final int OP_NOP = 0;
  static final int OP_READ_FIXED = 4;
  static final int OP_WRITE_FIXED = 5;
  static final int OP_READ = 22;
  static final int OP_WRITE = 23;

  // struct io_uring: the submission side.
  static final int RING_BYTES = 216;
  static final int RING_SQ_HEAD_POINTER = 0;
  static final int RING_SQ_TAIL_POINTER = 8;
  static final int RING_SQ_MASK_POINTER = 16;
  static final int RING_SQ_ENTRIES_POINTER = 24;
  static final int RING_SQ_FLAGS_POINTER = 32;
  static final int RING_SQ_DROPPED_POINTER = 40;
  static final int RING_SQ_ARRAY_POINTER = 48;
  static final int RING_SQES_POINTER = 56;
  static final int RING_SQE_HEAD = 64;
  static final int RING_SQE_TAIL = 68;
  static final int RING_SQ_MAPPED_BYTES = 72;
  static final int RING_SQ_MAPPED_POINTER = 80;
  static final int SQ_BYTES = 104;

  // struct io_uring: the completion side, and what follows.
  static final int RING_CQ_HEAD_POINTER = SQ_BYTES;
  static final int RING_CQ_TAIL_POINTER = SQ_BYTES + 8;
  static final int RING_CQ_MASK_POINTER = SQ_BYTES + 16;
  static final int RING_CQ_ENTRIES_POINTER = SQ_BYTES + 24;
  static final int RING_CQES_POINTER = SQ_BYTES + 48;
  static final int RING_CQ_MAPPED_BYTES = SQ_BYTES + 56;
  static final int RING_CQ_MAPPED_POINTER = SQ_BYTES + 64;
  static final int CQ_BYTES = 88;
  static final int RING_FLAGS = SQ_BYTES + CQ_BYTES;
  static final int RING_FD = RING_FLAGS + 4;
  static final int RING_TAIL_BYTES = 24;

  // struct io_uring_params.
  static final int PARAMS_BYTES = 120;
  static final int PARAMS_FLAGS_OFFSET = 8;
  static final int PARAMS_FEATURES_OFFSET = 20;

  // struct io_uring_getevents_arg, struct __kernel_timespec, struct iovec.
  static final int WAIT_ARGUMENT_BYTES = 24;
  static final int WAIT_ARGUMENT_TIMESPEC_POINTER = 16;
  static final int TIMESPEC_BYTES = 16;
  static final int TIMESPEC_SECONDS_OFFSET = 0;
  static final int TIMESPEC_NANOS_OFFSET = 8;
  static final int IOVEC_BYTES = 16;
  static final int IOVEC_ADDRESS_OFFSET = 0;
  static final int IOVEC_LENGTH_OFFSET = 8;

  // Set-up flags.
  /** Since Linux 5.19: completions do not interrupt the submitter. */
  static final int SETUP_COOP_TASKRUN = 1 << 8;

  /** Since Linux 5.19: {@link #SQ_TASKRUN} tells that completions wait for an enter. */
  static final int SETUP_TASKRUN_FLAG = 1 << 9;

  /** Since Linux 6.0: one thread only submits. */
  static final int SETUP_SINGLE_ISSUER = 1 << 12;

  /** Since Linux 6.1: completions arrive only when that thread asks for events. */
  static final int SETUP_DEFER_TASKRUN = 1 << 13;

  // Flags the kernel sets in the submission ring.
  static final int SQ_CQ_OVERFLOW = 1 << 1;
  static final int SQ_TASKRUN = 1 << 2;

  // Features.
  /** Since Linux 5.4: one mapping holds both rings. */
  static final int FEAT_SINGLE_MMAP = 1;

  /** Since Linux 5.5: completions are never dropped. */
  static final int FEAT_NODROP = 1 << 1;

  /** Since Linux 5.11: enter takes a time limit. */
  static final int FEAT_EXT_ARG = 1 << 8;

  // Flags of enter.
  static final int ENTER_GETEVENTS = 1;
  static final int ENTER_EXT_ARG = 1 << 3;

  private UringAbi() {}
}
