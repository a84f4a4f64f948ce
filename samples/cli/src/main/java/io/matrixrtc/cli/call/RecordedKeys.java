package io.matrixrtc.cli.call;

import io.matrixrtc.keys.CallMember;
import io.matrixrtc.keys.MediaKeySink;
import io.matrixrtc.media.KeyIndex;
import io.matrixrtc.media.MediaKey;

/**
 * A media layer without media: it keeps no key. As it asks no gate, this device counts as one that
 * always sends, so that others are given a key, whatever the policy.
 */
final class RecordedKeys implements MediaKeySink {
  @Override
  public void onOwnKey(KeyIndex index, MediaKey key) {}

  @Override
  public void onRemoteKey(CallMember member, KeyIndex index, MediaKey key) {}

  @Override
  public void onRemoteLeft(CallMember member) {}

  @Override
  public void onClosed() {}
}
