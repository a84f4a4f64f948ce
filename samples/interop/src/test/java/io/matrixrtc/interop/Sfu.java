package io.matrixrtc.interop;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import io.matrixrtc.testkit.peers.PeerProcess;
import io.matrixrtc.testkit.peers.StandInSfu;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

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
    ObjectNode claims = Json.newObject().put("iss", KEY).put("sub", identity);
    claims.put("exp", Instant.now().plus(TOKEN_LIFETIME).getEpochSecond());
    claims.putObject("video").put("roomJoin", true).put("room", room);
    String signed = part("{\"alg\":\"HS256\"}") + "." + part(claims.toString());
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return signed + "." + part(mac.doFinal(signed.getBytes(StandardCharsets.US_ASCII)));
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every JDK has HMAC with SHA-256", e);
    }
  }

  private static String part(String text) {
    return part(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String part(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  @Override
  public void close() throws InterruptedException {
    sfu.close();
  }
}
