package dev.peregrine.bench.compare;

import dev.peregrine.bench.ChildRequests;
import dev.peregrine.bench.Failures;
import dev.peregrine.bench.compare.peer.Keystream;
import dev.peregrine.bench.compare.peer.Peer;
import dev.peregrine.bench.compare.peer.PeerSetup;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * An engine's process: it does what lines on its standard input ask for, until there are no more.
 *
 * <p>Only answers go to standard output; what the engine prints goes to the error output.
 */
public final class PeerMain implements AutoCloseable {
  private static final long PROGRESS_STEP = 1 << 14;

  private final ChildRequests requests;
  private final Map<Path, MemorySegment> keys = new HashMap<>();
  private PeerSetup setup;
  private Peer peer;
  private PeerLoader loader;
  private long told;

  private PeerMain(ChildRequests requests) {
    this.requests = requests;
  }

  /** Serves until the end of the input. */
  public static void main(String[] args) throws IOException {
    ChildRequests requests = new ChildRequests();
    try (PeerMain main = new PeerMain(requests)) {
      requests.serve(line -> text(main.serve(Json.LINES.readValue(line, Request.class))));
    }
    System.exit(0); // some engines leave threads behind
  }

  private static String text(Reply reply) {
    return Json.LINES.writeValueAsString(reply);
  }

  private Reply serve(Request request) {
    try {
      return switch (request.kind()) {
        case PREPARE -> prepare(request.setup());
        case OPEN -> open(request.setup());
        case LOAD -> Reply.loaded(loader.load(this::progress));
        case MEASURE -> {
          advise();
          MemorySegment asked = keys.computeIfAbsent(request.keys(), Keystream::map);
          PeerMeter meter = new PeerMeter(peer, asked);
          yield Reply.measured(
              meter.measure(request.cell(), request.warmUpSeconds(), request.seconds()));
        }
      };
    } catch (RuntimeException | IOException | Error failure) {
      failure.printStackTrace();
      return Reply.failed(Failures.describe(failure));
    }
  }

  /** A few records in a store of its own, so that later memory is that of the data. */
  private static Reply prepare(PeerSetup few) {
    try (Peer tried = few.engine().open(few)) {
      new PeerLoader(tried, few, ProcessMemory.current()).load(done -> {});
    }
    return Reply.prepared(ProcessMemory.current().residentBytes());
  }

  /** Again before each measurement, since files grow. */
  private void advise() throws IOException {
    if (setup.isLimited() && setup.engine().isMapped()) {
      MappedFiles.adviseRandom(setup.directory());
    }
  }

  private Reply open(PeerSetup asked) {
    ProcessMemory before = ProcessMemory.current();
    setup = asked;
    peer = setup.engine().open(setup);
    loader = new PeerLoader(peer, setup, before);
    return Reply.opened(peer.describe());
  }

  private void progress(long done) {
    if (done - told >= PROGRESS_STEP) {
      told = done;
      requests.answer(text(Reply.progress(done)));
    }
  }

  @Override
  public void close() {
    if (peer != null) {
      peer.close();
    }
  }
}
