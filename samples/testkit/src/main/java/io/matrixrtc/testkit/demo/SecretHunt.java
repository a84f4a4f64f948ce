package io.matrixrtc.testkit.demo;

import io.matrixrtc.testkit.relay.RelayedFrame;
import io.matrixrtc.testkit.relay.SecretSearch;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/**
 * Searches what others saw of a call for its media keys, in every usual encoding. Beside each
 * search stands a planted key, which was given to the very same place and must be found there.
 */
final class SecretHunt {
  private final SecretSearch keys;
  private final SecretSearch planted;
  private long found;

  /**
   * @param keys every media key of the call, in base64
   * @param planted the key that was planted in each place, in base64
   */
  SecretHunt(Collection<String> keys, String planted) {
    List<SecretSearch.Needle> needles = new ArrayList<>();
    int number = 0;
    for (String key : keys) {
      needles.addAll(SecretSearch.encodingsOf("key " + ++number, Base64.getDecoder().decode(key)));
    }
    this.keys = SecretSearch.of(needles);
    this.planted =
        SecretSearch.of(SecretSearch.encodingsOf("planted", Base64.getDecoder().decode(planted)));
  }

  /** How often a media key was found in all places so far. */
  long found() {
    return found;
  }

  /** Searches one place. */
  Check in(String name, String place, List<byte[]> blocks) {
    List<SecretSearch.Match> matches = new ArrayList<>();
    TreeSet<String> plantedForms = new TreeSet<>();
    long bytes = 0;
    for (byte[] block : blocks) {
      bytes += block.length;
      matches.addAll(keys.find(block));
      planted.find(block).forEach(match -> plantedForms.add(match.needle().encoding()));
    }
    found += matches.size();
    String detail =
        matches.size()
            + " keys found in "
            + bytes
            + " bytes"
            + (matches.isEmpty() ? "" : ", first: " + matches.get(0).needle());
    return Check.withstood(
        name,
        "no media key is in " + place + ", in any encoding",
        bytes > 0 && matches.isEmpty(),
        detail,
        new Check.Control(
            "an intruder",
            "a key planted there is found",
            !plantedForms.isEmpty(),
            plantedForms.isEmpty() ? "not found" : "found as " + plantedForms));
  }

  /** The payloads of a relay's frames. */
  static List<byte[]> payloads(List<RelayedFrame> frames) {
    return frames.stream().map(frame -> frame.frame().copyPayload()).toList();
  }
}
