package io.matrixrtc.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Why a request to the homeserver did not work, by what can be done about it. {@link #sentence}
 * says it to a person, with what to try next; it holds no secret.
 */
public sealed interface ApiFailure {

  /** One or two sentences for a person. */
  String sentence();

  /** Whether the same request may work a little later. */
  default boolean isTransient() {
    return false;
  }

  /** There was no answer: the request may have been carried out or not. */
  record Unreachable(String homeserver, String why) implements ApiFailure {
    @Override
    public String sentence() {
      return "The homeserver "
          + homeserver
          + " does not answer ("
          + why
          + "). Check the address, that the server runs, and the network.";
    }

    @Override
    public boolean isTransient() {
      return true;
    }
  }

  /** 429: too many requests. */
  record RateLimited(Optional<Duration> retryAfter) implements ApiFailure {
    @Override
    public String sentence() {
      return "The homeserver asks for fewer requests"
          + retryAfter.map(wait -> "; try again in " + wait.toSeconds() + " s").orElse("")
          + ".";
    }

    @Override
    public boolean isTransient() {
      return true;
    }
  }

  /** 5xx: the homeserver, or a proxy before it, has a problem of its own. */
  record ServerError(int status) implements ApiFailure {
    @Override
    public String sentence() {
      return "The homeserver reports a problem of its own (status "
          + status
          + "). Try again later, or look into its log.";
    }

    @Override
    public boolean isTransient() {
      return true;
    }
  }

  /** 401: the token is not valid. */
  record LoggedOut(boolean soft) implements ApiFailure {
    @Override
    public String sentence() {
      return "This login is no longer valid. Log in again"
          + (soft ? " with the same device id to keep its keys." : "; the device may be deleted.");
    }
  }

  /**
   * The homeserver understood and said no.
   *
   * @param body the whole answer; interactive authentication continues from it
   */
  record Refused(int status, String errcode, String message, ObjectNode body)
      implements ApiFailure {
    @Override
    public String sentence() {
      return "The homeserver refused: " + message + " (" + errcode + ", status " + status + ").";
    }

    @Override
    public String toString() {
      return "Refused[" + status + ", " + errcode + ", " + message + "]";
    }
  }

  /** The account has left the room, or never was in it. */
  record NotInRoom(String roomId) implements ApiFailure {
    @Override
    public String sentence() {
      return "The account is not in the room " + roomId + ". Join it first.";
    }
  }

  /** What came back is not what a Matrix homeserver says. */
  record NotMatrix(String homeserver, String why) implements ApiFailure {
    @Override
    public String sentence() {
      return "What answers at "
          + homeserver
          + " does not speak the Matrix client-server API ("
          + why
          + "). Check the address; it is the homeserver's base URL that is wanted.";
    }
  }

  /** The homeserver speaks only versions of the specification that are too old. */
  record TooOld(String homeserver, List<String> versions) implements ApiFailure {
    public TooOld {
      versions = List.copyOf(versions);
    }

    @Override
    public String sentence() {
      return "The homeserver "
          + homeserver
          + " speaks only old versions of Matrix ("
          + (versions.isEmpty() ? "none" : AnswerReader.shown(String.join(", ", versions)))
          + "); 1.1 or newer is wanted. Update it, or use another one.";
    }
  }

  /** It was not sent, as the homeserver does not offer {@code what}, or switched it off. */
  record Unsupported(String what) implements ApiFailure {
    @Override
    public String sentence() {
      return "The homeserver does not offer " + what + ".";
    }
  }

  /** It was not sent, as no homeserver would take it: {@code what} has too many bytes. */
  record TooLarge(String what, int bytes, int limit) implements ApiFailure {
    @Override
    public String sentence() {
      return "Not sent: " + what + " has " + bytes + " bytes, at most " + limit + " are allowed.";
    }
  }
}
