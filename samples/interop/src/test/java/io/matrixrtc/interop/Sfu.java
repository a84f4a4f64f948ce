package io.matrixrtc.interop;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.testkit.peers.PeerProcess;
import io.matrixrtc.testkit.peers.StandInSfu;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** The stand-in for a LiveKit server, and who takes part there without a browser. */
final class Sfu implements AutoCloseable {
  private static final Duration TOKEN_LIFETIME = Duration.ofHours(1);
  private static final String FOLDER = "target/sfu/";
  static final String KEY = StandInSfu.KEY;
  static final String SECRET = StandInSfu.SECRET;

  private final String name;
  private final StandInSfu sfu;

  private Sfu(String name, StandInSfu sfu) {
    this.name = name;
    this.sfu = sfu;
  }

  /**
   * Starts it on a free port.
   *
   * @param name for the names of log files
   */
  static Sfu start(String name) throws IOException, InterruptedException {
    return start(name, List.of());
  }

  /** Starts it with more options. */
  static Sfu start(String name, List<String> options) throws IOException, InterruptedException {
    return new Sfu(name, StandInSfu.start(log(name, "sfu"), options));
  }

  static Path log(String test, String process) {
    return Path.of("target", "peers", test + "-" + process + ".log");
  }

  /** Where clients connect to. */
  String url() {
    return sfu.url();
  }

  /** A participant that sends and takes encoded frames; {@link RawParticipant#close} ends it. */
  RawParticipant raw(String identity, String room) throws IOException, InterruptedException {
    return raw("raw-participant", login(identity, room));
  }

  /**
   * As {@link #raw(String, String)}, with a token that it has already.
   *
   * @param as for the name of its log file
   */
  RawParticipant raw(String as, ObjectNode login) throws IOException, InterruptedException {
    List<String> command = List.of("node", FOLDER + "raw-participant.mjs");
    return RawParticipant.join(new PeerProcess(command, log(name, as)), login);
  }

  /** Its API key's name. */
  static String key() {
    return KEY;
  }

  /** Its API key's secret. */
  static String secret() {
    return SECRET;
  }

  /** Where to connect to, and a token for one participant. */
  ObjectNode login(String identity, String room) {
    return Json.newObject().put("url", url()).put("token", token(identity, room));
  }

  private static String token(String identity, String room) {
    Instant expiry = Instant.now().plus(TOKEN_LIFETIME);
    return AccessToken.signed(AccessToken.claims(KEY, identity, room, expiry), SECRET);
  }

  @Override
  public void close() throws InterruptedException {
    sfu.close();
  }
}
