package dev.peregrine.bench.logbench;

import dev.peregrine.bench.ChildRequests;
import dev.peregrine.bench.Failures;
import dev.peregrine.bench.compare.Json;
import java.io.IOException;

/** An engine's process: it does what lines on its standard input ask for. */
public final class LogPeerMain {
  private LogPeerMain() {}

  /** Serves until the end of the input. */
  public static void main(String[] args) throws IOException {
    new ChildRequests()
        .serve(
            line ->
                Json.LINES.writeValueAsString(serve(Json.LINES.readValue(line, LogRequest.class))));
    System.exit(0); // some engines leave threads behind
  }

  private static LogReply serve(LogRequest request) {
    try {
      return new LogMeter(request).run();
    } catch (RuntimeException | IOException | Error failure) {
      failure.printStackTrace();
      return LogReply.failed(Failures.describe(failure));
    }
  }
}
