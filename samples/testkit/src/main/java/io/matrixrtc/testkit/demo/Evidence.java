package io.matrixrtc.testkit.demo;

import io.matrixrtc.testkit.agent.ParticipantAnswer;
import io.matrixrtc.testkit.relay.RelayedFrame;
import io.matrixrtc.testkit.relay.Tape;
import io.matrixrtc.testkit.trace.Trace;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * All that is known after the call, for the checks. Times are the call's: with a fast clock they
 * run faster than the wall clock.
 *
 * @param cast who was there
 * @param identities media identity by member name
 * @param labels member name by media identity
 * @param trace what happened
 * @param tape what the relay saw
 * @param counts frames, by member name
 * @param recordings what was heard, by member name
 * @param holdings every key each one ever used or was given, by member name
 * @param holdingsAtLeave what the leaver held when it left; empty if nobody did
 * @param tapped what the leaver itself heard at the relay while it was away
 * @param forgeries what became of the forged key messages
 * @param speed media seconds per second
 * @param useKeyDelay media time
 */
record Evidence(
    Cast cast,
    Map<String, String> identities,
    Map<String, String> labels,
    Trace trace,
    Tape tape,
    Map<String, ParticipantAnswer.Counts> counts,
    Map<String, ParticipantAnswer.Recordings> recordings,
    Map<String, ParticipantAnswer.Holdings> holdings,
    ParticipantAnswer.Holdings holdingsAtLeave,
    List<RelayedFrame> tapped,
    List<Forgery.Result> forgeries,
    double speed,
    Duration useKeyDelay) {

  /** What a member could use to open frames: the bytes of every key it ever held. */
  List<byte[]> materialsOf(String name) {
    ParticipantAnswer.Holdings all = holdings.get(name);
    if (all == null) {
      throw new IllegalArgumentException("nothing is known of " + name);
    }
    return materials(all);
  }

  /** What the leaver could use when it left. */
  List<byte[]> materialsAtLeave() {
    return materials(holdingsAtLeave);
  }

  private static List<byte[]> materials(ParticipantAnswer.Holdings held) {
    return held.keys().stream().map(key -> decode(key.keyBase64())).toList();
  }

  /** Every media key of the call, each once, in base64. */
  Set<String> allKeys() {
    Set<String> keys = new LinkedHashSet<>();
    holdings.values().forEach(held -> held.keys().forEach(key -> keys.add(key.keyBase64())));
    return keys;
  }

  /** Wall time that a piece of the call's time took. */
  Duration wall(Duration inCall) {
    return Duration.ofNanos(Math.round(inCall.toNanos() / speed));
  }

  String identity(String name) {
    String identity = identities.get(name);
    if (identity == null) {
      throw new IllegalArgumentException("nobody is called " + name);
    }
    return identity;
  }

  String label(String identity) {
    return labels.getOrDefault(identity, identity);
  }

  static byte[] decode(String base64) {
    return Base64.getDecoder().decode(base64);
  }
}
