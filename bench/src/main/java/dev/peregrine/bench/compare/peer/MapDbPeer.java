package dev.peregrine.bench.compare.peer;

import org.mapdb.DB;
import org.mapdb.DBMaker;
import org.mapdb.HTreeMap;
import org.mapdb.Serializer;

/** MapDB's hash map: in direct memory, or in a mapped file where memory is limited. */
final class MapDbPeer implements Peer {
  private final PeerSetup setup;
  private final DB db;
  private final HTreeMap<Long, Long> longs;
  private final HTreeMap<Long, byte[]> bytes;

  MapDbPeer(PeerSetup setup) {
    this.setup = setup;
    db =
        setup.isLimited()
            ? DBMaker.fileDB(setup.directory().resolve("db").toFile())
                .fileMmapEnableIfSupported()
                .fileMmapPreclearDisable()
                .make()
            : DBMaker.memoryDirectDB().make();
    longs =
        setup.isLong() ? db.hashMap("map", Serializer.LONG, Serializer.LONG).createOrOpen() : null;
    bytes =
        setup.isLong()
            ? null
            : db.hashMap("map", Serializer.LONG, Serializer.BYTE_ARRAY).createOrOpen();
  }

  @Override
  public String describe() {
    return setup.isLimited() ? "fileDB, mmap, no transactions" : "memoryDirectDB, no transactions";
  }

  @Override
  public PeerSession newSession() {
    return setup.isLong()
        ? new BoxedLongSession(longs)
        : new BoxedBytesSession(bytes, setup.valueBytes());
  }

  @Override
  public void close() {
    db.close();
  }
}
