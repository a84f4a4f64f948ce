package io.matrixrtc.keys;

import io.matrixrtc.media.KeyIndex;
import io.matrixrtc.media.MediaKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A media layer that only remembers, by the fingerprint of keys. */
public class RecordingSink implements MediaKeySink {
  /** {@code index:fingerprint} of each own key, in order of use. */
  public final List<String> own = new ArrayList<>();

  /** {@code index:fingerprint} of each call of onRemoteKey, by media identity. */
  public final Map<String, List<String>> remote = new LinkedHashMap<>();

  /** The keys that a member's ring holds now, by media identity and index. */
  public final Map<String, Map<Integer, String>> rings = new LinkedHashMap<>();

  public final List<CallMember> left = new ArrayList<>();
  public int closed;

  @Override
  public void onOwnKey(KeyIndex index, MediaKey key) {
    own.add(index + ":" + key.fingerprint());
  }

  @Override
  public void onRemoteKey(CallMember member, KeyIndex index, MediaKey key) {
    key.copyMaterial();
    String name = member.mediaIdentity();
    remote.computeIfAbsent(name, n -> new ArrayList<>()).add(index + ":" + key.fingerprint());
    rings.computeIfAbsent(name, n -> new LinkedHashMap<>()).put(index.value(), key.fingerprint());
  }

  @Override
  public void onRemoteLeft(CallMember member) {
    left.add(member);
    rings.remove(member.mediaIdentity());
  }

  @Override
  public void onClosed() {
    closed++;
    rings.clear();
  }

  /** The index and fingerprint of the own key in use. */
  public String inUse() {
    return own.get(own.size() - 1);
  }

  public List<String> remote(String mediaIdentity) {
    return remote.getOrDefault(mediaIdentity, List.of());
  }
}
