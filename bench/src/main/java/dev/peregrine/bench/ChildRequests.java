package dev.peregrine.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;

/**
 * The other end of a {@link ChildJvm}: only answers go to standard output, what anybody else prints
 * goes to the error output. One thread.
 */
public final class ChildRequests {
  private final PrintStream answers = System.out;

  /** Takes standard output for answers. */
  public ChildRequests() {
    System.setOut(System.err);
  }

  /** Sends a line that is not the last of an answer, or is. */
  public void answer(String line) {
    answers.println(line);
    answers.flush();
  }

  /** Answers each line of standard input, until there are no more. */
  public void serve(UnaryOperator<String> server) throws IOException {
    try (BufferedReader requests =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String line = requests.readLine(); line != null; line = requests.readLine()) {
        answer(server.apply(line));
      }
    }
  }
}
