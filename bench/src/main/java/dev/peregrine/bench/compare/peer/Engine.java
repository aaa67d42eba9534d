package dev.peregrine.bench.compare.peer;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.peregrine.bench.EnumIds;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * What can be compared: how to open it, what its JVM needs, and what to know when reading its
 * figures.
 */
public enum Engine {
  PEREGRINE(
      "Peregrine",
      "peregrine",
      Footprint.ofEngine(),
      Kind.LARGER_THAN_MEMORY,
      "a session for each thread; where the data is larger than memory, up to 64 operations of a"
          + " session overlap, and a latency is from the call to the completion",
      "no range scans; the store lives as long as it is open (no recovery yet)",
      PeregrinePeer::overlapping),
  PEREGRINE_BLOCKING(
      "Peregrine, one at a time",
      "peregrine",
      Footprint.ofEngine(),
      Kind.ONLY_LARGER_THAN_MEMORY,
      "as above, but each operation waits for its end, as those of the peers do",
      "as above",
      PeregrinePeer::blocking),
  PEREGRINE_BATCH(
      "Peregrine, in batches",
      "peregrine",
      Footprint.ofEngine(),
      Kind.ONLY_IN_MEMORY,
      "as Peregrine, but the operations between two that are timed are done in batches of up to 64,"
          + " reads before changes",
      "as above",
      PeregrinePeer::batching),
  CHM_G1(
      "ConcurrentHashMap, G1",
      "jdk",
      Footprint.onHeap(72),
      Kind.HEAP_ONLY,
      "sized for its records; put, and merge or computeIfPresent with a new array; default"
          + " collector",
      "heap only: no files, nothing larger than memory; boxes and garbage",
      MapPeer::concurrentHashMap),
  CHM_PARALLEL(
      "ConcurrentHashMap, ParallelGC",
      "jdk",
      Footprint.onHeap(72),
      Kind.HEAP_ONLY,
      "the same, with -XX:+UseParallelGC",
      "heap only, as above; stops the world for each collection",
      MapPeer::concurrentHashMap),
  NBHML(
      "JCTools NonBlockingHashMapLong",
      "jctools",
      Footprint.onHeap(96),
      Kind.HEAP_ONLY,
      "sized for its records; put, and compare-and-set of a new value in a loop; keys not boxed",
      "heap only; no atomic update but compare-and-set",
      NonBlockingMapPeer::new),
  CAFFEINE(
      "Caffeine",
      "caffeine",
      Footprint.onHeap(128),
      Kind.HEAP_ONLY,
      "maximumSize of twice the records, so that nothing is evicted; asMap().merge and"
          + " computeIfPresent",
      "a cache: heap only, and it pays for an eviction policy that is not asked here",
      MapPeer::caffeine),
  CHRONICLE(
      "Chronicle Map",
      "chronicle-map",
      Footprint.offHeap(32),
      Kind.MAPPED,
      "entries(records), putReturnsNull, LongValue keys; getUsing; acquireContext on 8-byte values,"
          + " queryContext with the update lock on longer ones; a persisted file where memory is"
          + " limited",
      "the number of entries is fixed beforehand; a mapped file that the kernel writes when it"
          + " likes, so no durability contract",
      ChroniclePeer::new),
  MAPDB(
      "MapDB",
      "mapdb",
      Footprint.offHeap(96),
      Kind.MAPPED,
      "hashMap in memoryDirectDB, or in fileDB by mmap where memory is limited; no transactions;"
          + " merge and computeIfPresent (compare-and-set)",
      "a crash corrupts the file without transactions; one lock for each of 8 segments",
      MapDbPeer::new),
  MVSTORE(
      "H2 MVStore",
      "mvstore",
      Footprint.onHeap(64),
      Kind.HEAP_CACHE,
      "no file in memory; else a file with cacheSize of the budget and automatic commits; operate"
          + " with a DecisionMaker",
      "an ordered tree with versions (it has range scans); records on the heap",
      MvStorePeer::new),
  ROCKSDB(
      "RocksDB",
      "rocksdb",
      Footprint.offHeap(48),
      Kind.OWN_CACHE,
      "no WAL, no compression, Bloom filter of 10 bits, 4 write buffers; cache of 3 times the data,"
          + " or of the budget less the buffers, with direct I/O; updates get and put under a"
          + " striped lock",
      "an ordered LSM tree (it has range scans and much more); no atomic update of a part of a"
          + " value",
      RocksDbPeer::new),
  LMDB(
      "LMDB",
      "lmdbjava",
      Footprint.offHeap(160),
      Kind.MAPPED,
      "INTEGERKEY, NOSYNC, WRITEMAP, NORDAHEAD; a renewed read transaction and a write transaction"
          + " an operation; loaded in batches",
      "an ordered, transactional tree (it has range scans) with one writer at a time; the map's"
          + " size is fixed beforehand",
      LmdbPeer::new),
  BERKELEY(
      "Berkeley DB JE",
      "je",
      Footprint.onHeap(160),
      Kind.HEAP_CACHE,
      "deferred write, no transactions, cache on the heap; updates by a cursor with LockMode.RMW",
      "an ordered tree (it has range scans); deferred writes are durable only after a sync",
      BerkeleyPeer::new);

  /** Where an engine's data can be, and so in which comparisons it takes part. */
  private enum Kind {
    /** Memory of the heap only. */
    HEAP_ONLY,
    /** Caches pages as objects on the heap, in front of files. */
    HEAP_CACHE,
    /** Caches outside of the heap, and by-passes the operating system's. */
    OWN_CACHE,
    /** Maps files: the operating system's cache is its cache. */
    MAPPED,
    /** The engine itself. */
    LARGER_THAN_MEMORY,
    /** The engine in a way that makes a difference only there. */
    ONLY_LARGER_THAN_MEMORY,
    /** The engine in a way that makes a difference only in memory. */
    ONLY_IN_MEMORY
  }

  /** Of a process with everything in memory, so that all fit together: bytes beside a record. */
  private record Footprint(boolean isOnHeap, int recordBytes) {
    static Footprint onHeap(int recordBytes) {
      return new Footprint(true, recordBytes);
    }

    static Footprint offHeap(int recordBytes) {
      return new Footprint(false, recordBytes);
    }

    static Footprint ofEngine() {
      return new Footprint(false, 0);
    }
  }

  private static final long SMALL_HEAP_BYTES = 256L << 20;
  private static final long SPARE_HEAP_BYTES = 512L << 20;
  private static final int HEAP_FACTOR = 2;
  private static final double CACHE_HEAP_FACTOR = 1.5;

  /** What a JVM takes besides its heap: code, classes, stacks, collector. */
  private static final long JVM_BYTES = 160L << 20;

  /** What of that comes later: compiled code, and the memory of the compiler. */
  private static final long JVM_GROWTH_BYTES = 64L << 20;

  /**
   * Files are read and written through some pages, whoever caches them; and for a sudden growth.
   */
  private static final long FILE_MARGIN_BYTES = 32L << 20;

  private final String title;
  private final String versionKey;
  private final Footprint footprint;
  private final Kind kind;
  private final String settings;
  private final String caveats;
  private final Function<PeerSetup, Peer> opener;

  Engine(
      String title,
      String versionKey,
      Footprint footprint,
      Kind kind,
      String settings,
      String caveats,
      Function<PeerSetup, Peer> opener) {
    this.title = title;
    this.versionKey = versionKey;
    this.footprint = footprint;
    this.kind = kind;
    this.settings = settings;
    this.caveats = caveats;
    this.opener = opener;
  }

  /** The name in options and JSON. */
  @JsonValue
  public String id() {
    return EnumIds.of(this);
  }

  /** The engine of this name; null for none. */
  public static Engine ofId(String id) {
    return EnumIds.find(Engine.class, id);
  }

  /** The name for people. */
  public String title() {
    return title;
  }

  /** The name of its version in the build. */
  public String versionKey() {
    return versionKey;
  }

  /** How it is set up, for people. */
  public String settings() {
    return settings;
  }

  /** What it does not do by design, for people. */
  public String caveats() {
    return caveats;
  }

  /** Whether it is this project's. */
  public boolean isOurs() {
    return kind == Kind.LARGER_THAN_MEMORY
        || kind == Kind.ONLY_LARGER_THAN_MEMORY
        || kind == Kind.ONLY_IN_MEMORY;
  }

  /** The engine under whose name people know it: its collectors are not engines of their own. */
  public Engine family() {
    return this == CHM_PARALLEL ? CHM_G1 : this;
  }

  /** The name for people of all that have this family. */
  public String familyTitle() {
    return this == CHM_G1 || this == CHM_PARALLEL ? "ConcurrentHashMap" : title;
  }

  /** Why it takes no part in a comparison; null if it does. */
  public String reasonToSkip(Residency residency) {
    if (residency.isLimited()) {
      return switch (kind) {
        case HEAP_ONLY -> "keeps everything on the heap";
        case ONLY_IN_MEMORY -> "operations overlap there without batches";
        default -> null;
      };
    }
    return kind == Kind.ONLY_LARGER_THAN_MEMORY ? "nothing waits for a disk in memory" : null;
  }

  /** Opens it in this process. */
  public Peer open(PeerSetup setup) {
    return opener.apply(setup);
  }

  /** What its JVM must be started with. */
  public List<String> jvmArguments(PeerSetup setup) {
    List<String> arguments = new ArrayList<>();
    long heap = heapBytes(setup);
    arguments.add("-Xms" + heap);
    arguments.add("-Xmx" + heap);
    arguments.add(this == CHM_PARALLEL ? "-XX:+UseParallelGC" : "-XX:+UseG1GC");
    arguments.add("-XX:+AlwaysPreTouch");
    arguments.add("-XX:MaxDirectMemorySize=" + (totalBytes(setup) * 2 + SPARE_HEAP_BYTES));
    arguments.add("-XX:-UsePerfData");
    arguments.add("--enable-native-access=ALL-UNNAMED");
    if (!isOurs()) {
      arguments.add("--sun-misc-unsafe-memory-access=allow");
    }
    if (this == CHRONICLE || this == LMDB || this == MAPDB) {
      arguments.addAll(OpenPackages.ARGUMENTS);
    }
    return List.copyOf(arguments);
  }

  /** The heap of its process. */
  long heapBytes(PeerSetup setup) {
    if (setup.isLimited()) {
      return kind == Kind.HEAP_CACHE
          ? (long) (setup.budgetBytes() * CACHE_HEAP_FACTOR) + SPARE_HEAP_BYTES
          : SMALL_HEAP_BYTES;
    }
    if (!footprint.isOnHeap()) {
      return SMALL_HEAP_BYTES;
    }
    return HEAP_FACTOR * dataBytes(setup) + SPARE_HEAP_BYTES;
  }

  private long dataBytes(PeerSetup setup) {
    return setup.payloadBytes() + footprint.recordBytes() * setup.records();
  }

  /** The memory that its process will take, with what the operating system caches for it. */
  public long totalBytes(PeerSetup setup) {
    long heap = heapBytes(setup) + JVM_BYTES;
    if (setup.isLimited()) {
      return heap + setup.budgetBytes();
    }
    if (isOurs()) {
      return heap + PeregrinePeer.fullMemoryBytes(setup);
    }
    return footprint.isOnHeap() ? heap : heap + dataBytes(setup);
  }

  /**
   * Whether its process is to be limited, with its part of the operating system's file cache.
   *
   * <p>RocksDB's is not: it leaves that cache out, and what it takes besides its own caches has no
   * bound, so that it would be killed.
   */
  public boolean isProcessLimited(Residency residency) {
    return residency.isLimited() && kind != Kind.OWN_CACHE;
  }

  /** Whether files that it maps are its cache. */
  public boolean isMapped() {
    return kind == Kind.MAPPED;
  }

  /**
   * What the process may take where it is limited: ours its budget and what it had before; others
   * what they have besides pages of files, and their budget in such pages if these are their cache.
   *
   * @param residentBytes what it took before it held any data: its heap, and the JVM
   * @param anonymousBytes what it takes now without pages of files
   */
  public long limitBytes(PeerSetup setup, long residentBytes, long anonymousBytes) {
    if (isOurs()) {
      return residentBytes + JVM_GROWTH_BYTES + setup.budgetBytes();
    }
    return anonymousBytes + FILE_MARGIN_BYTES + (isMapped() ? setup.budgetBytes() : 0);
  }
}
