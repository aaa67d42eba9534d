package dev.peregrine.bench.compare;

import dev.peregrine.bench.Failures;
import dev.peregrine.bench.compare.peer.Keystream;
import dev.peregrine.bench.compare.peer.Peer;
import dev.peregrine.bench.compare.peer.PeerSetup;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
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

  private final PrintStream answers;
  private final Map<Path, MemorySegment> keys = new HashMap<>();
  private PeerSetup setup;
  private Peer peer;
  private PeerLoader loader;
  private long told;

  private PeerMain(PrintStream answers) {
    this.answers = answers;
  }

  /** Serves until the end of the input. */
  public static void main(String[] args) throws IOException {
    PrintStream answers = System.out;
    System.setOut(System.err);
    try (PeerMain main = new PeerMain(answers);
        BufferedReader requests =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String line = requests.readLine(); line != null; line = requests.readLine()) {
        main.answer(main.serve(Json.LINES.readValue(line, Request.class)));
      }
    }
    System.exit(0); // some engines leave threads behind
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
      answer(Reply.progress(done));
    }
  }

  private void answer(Reply reply) {
    answers.println(Json.LINES.writeValueAsString(reply));
    answers.flush();
  }

  @Override
  public void close() {
    if (peer != null) {
      peer.close();
    }
  }
}
