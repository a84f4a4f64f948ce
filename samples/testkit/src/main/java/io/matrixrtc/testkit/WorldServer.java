package io.matrixrtc.testkit;

import io.matrixrtc.homeserver.EmbeddedHomeserver;
import io.matrixrtc.homeserver.faults.RequestLog;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/** The homeserver of a world. */
public interface WorldServer extends AutoCloseable {
  /** Where clients reach it. */
  URI baseUrl();

  /**
   * An account to sign in with, registered if need be.
   *
   * @throws ScriptException if there is none and none can be made
   */
  Account account(String localpart);

  /** What the server stores and sees; empty where that is out of reach. */
  Optional<Insight> insight();

  /** The server itself; empty for a server that is not ours. */
  default Optional<EmbeddedHomeserver> embedded() {
    return Optional.empty();
  }

  /** How to make things go wrong; empty where that cannot be done. */
  default Optional<ServerFaults> faults() {
    return embedded().map(EmbeddedFaults::new);
  }

  /** Tells of every request and its answer; empty where they do not pass this process. */
  default Optional<RequestLog> requestLog() {
    return embedded().map(EmbeddedHomeserver::requestLog);
  }

  /**
   * The token service of an SFU, for participants that cannot be in a call without one. The media
   * that scripts judge goes through the relay all the same.
   */
  default Optional<URI> sfuService() {
    return Optional.empty();
  }

  @Override
  void close();

  /** A user and its password. */
  record Account(String userId, String password) {
    @Override
    public String toString() {
      return userId;
    }
  }

  /** The inside of a server, as an intruder would find it. */
  interface Insight {
    /** Everything that is stored, as far as it is within reach. */
    List<byte[]> database();

    /** Everything that was asked and answered. */
    List<byte[]> log();
  }
}
