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

/**
 * What is expected of homeserver and relay: everything that they saw is searched. Needs the
 * embedded homeserver.
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
   * first key, put behind what was searched in base64, is found.
   */
  public void notToHaveSeenAKeyOf(CallDevice owner) {
    WorldServer.Insight inside =
        call.server()
            .insight()
            .orElseThrow(
                () ->
                    new ScriptException(
                        "what the homeserver saw is out of reach: this world's is not the"
                            + " embedded one"));
    Set<String> keys = owner.ownKeys();
    List<byte[]> seen = new ArrayList<>(inside.database());
    seen.addAll(inside.log());
    for (RelayedFrame frame : verdicts.tape().frames()) {
      seen.add(frame.frame().copyPayload());
    }
    Optional<String> found = keys.stream().filter(key -> isIn(key, seen)).findFirst();
    List<byte[]> planted =
        keys.stream()
            .limit(1)
            .map(key -> ("{\"key\":\"" + key + "\"}").getBytes(StandardCharsets.UTF_8))
            .toList();
    boolean control = keys.stream().limit(1).anyMatch(key -> isIn(key, planted));
    verdicts.never(
        "the homeserver and the relay not to have seen a key of " + owner,
        found.isEmpty(),
        found
            .map(key -> "key " + fingerprint(key) + " of " + owner + " went by in the clear")
            .orElse(keys.size() + " keys were looked for in " + seen.size() + " messages"),
        new TraceEvent.Control("a key of " + owner + " is found where it is", control, ""));
  }

  private static boolean isIn(String key, List<byte[]> seen) {
    SecretSearch search =
        SecretSearch.of(SecretSearch.encodingsOf("key", Base64.getDecoder().decode(key)));
    return seen.stream().anyMatch(block -> !search.find(block).isEmpty());
  }

  private static String fingerprint(String key) {
    return KeyFingerprint.of(Base64.getDecoder().decode(key)).brief();
  }
}
