package io.matrixrtc.testkit.script;

import io.matrixrtc.testkit.ScriptException;
import io.matrixrtc.testkit.WorldServer;
import io.matrixrtc.testkit.relay.RelayedFrame;
import io.matrixrtc.testkit.relay.SecretSearch;
import io.matrixrtc.testkit.trace.KeyFingerprint;
import io.matrixrtc.testkit.trace.TraceEvent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What is expected of homeserver and relay: everything that they saw is searched. Needs the
 * embedded homeserver, or a {@link io.matrixrtc.testkit.server.ProxiedServer} before another.
 */
public final class ExpectServer {
  private final CallScript call;
  private final Verdicts verdicts;

  ExpectServer(CallScript call, Verdicts verdicts) {
    this.call = call;
    this.verdicts = verdicts;
  }

  /**
   * Not to have seen a media key that {@code owner} made, however it is written. The control: the
   * first key is found in a message that holds it in base64, and messages of its user were
   * searched.
   */
  public void notToHaveSeenAKeyOf(CallDevice owner) {
    WorldServer.Insight inside =
        call.server()
            .insight()
            .orElseThrow(
                () ->
                    new ScriptException(
                        "what the homeserver saw is out of reach: this world's is not the"
                            + " embedded one, and no ProxiedServer is before it"));
    Set<String> keys = owner.ownKeys();
    List<byte[]> seen = new ArrayList<>(inside.database());
    seen.addAll(inside.log());
    for (RelayedFrame frame : verdicts.tape().frames()) {
      seen.add(frame.frame().copyPayload());
    }
    SecretSearch search = SecretSearch.of(keys.stream().flatMap(ExpectServer::needles).toList());
    Optional<String> found = firstFound(search, seen);
    List<byte[]> planted =
        keys.stream()
            .limit(1)
            .map(key -> ("{\"key\":\"" + key + "\"}").getBytes(StandardCharsets.UTF_8))
            .toList();
    boolean seenAtAll = inside.log().stream().anyMatch(text -> contains(text, owner.userId()));
    boolean control = seenAtAll && firstFound(search, planted).isPresent();
    verdicts.never(
        "the homeserver and the relay not to have seen a key of " + owner,
        verdicts.watched(),
        found.isEmpty(),
        found
            .map(key -> "key " + key + " of " + owner + " went by in the clear")
            .orElse(keys.size() + " keys were looked for in " + seen.size() + " messages"),
        new TraceEvent.Control(
            "a key of " + owner + " is found where it is, in what its user sent and got",
            control,
            seenAtAll ? "" : "nothing of that user went by"));
  }

  private static boolean contains(byte[] text, String word) {
    return new String(text, StandardCharsets.UTF_8).contains(word);
  }

  /** All forms of a key, under its fingerprint. */
  private static Stream<SecretSearch.Needle> needles(String keyBase64) {
    byte[] key = Base64.getDecoder().decode(keyBase64);
    return SecretSearch.encodingsOf(KeyFingerprint.of(key).brief(), key).stream();
  }

  private static Optional<String> firstFound(SecretSearch search, List<byte[]> blocks) {
    return blocks.stream()
        .flatMap(block -> search.find(block).stream())
        .map(match -> match.needle().label())
        .findFirst();
  }
}
