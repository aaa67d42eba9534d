package dev.peregrine.bench;

import dev.peregrine.StoreException;
import dev.peregrine.device.DeviceException;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Which failures speak for themselves, and the line that tells them to people. */
public final class Failures {
  private Failures() {}

  /** Whether the message says enough, so that a stack trace would only hide it. */
  public static boolean isExplained(Throwable cause) {
    return cause instanceof CheckFailedException
        || cause instanceof StoreException
        || cause instanceof DeviceException
        || cause instanceof IOException
        || cause instanceof UncheckedIOException
        || cause instanceof IllegalArgumentException;
  }

  /** The message, with the messages of its causes where they add something. */
  public static String describe(Throwable failure) {
    StringBuilder text = new StringBuilder(message(failure));
    for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
      String more = message(cause);
      if (text.indexOf(more) < 0) {
        text.append(": ").append(more);
      }
    }
    return text.toString();
  }

  /** The same failure as something that need not be declared. */
  public static RuntimeException unchecked(Throwable cause) {
    return switch (cause) {
      case Error error -> throw error;
      case RuntimeException unchecked -> unchecked;
      case IOException io -> new UncheckedIOException(io);
      default -> new IllegalStateException(cause);
    };
  }

  private static String message(Throwable cause) {
    String message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : message;
  }
}
