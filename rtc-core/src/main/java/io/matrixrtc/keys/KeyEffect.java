package io.matrixrtc.keys;

import io.matrixrtc.media.KeyIndex;
import io.matrixrtc.media.MediaKey;
import java.util.Set;

/**
 * What an {@link EncryptionManagerCore} wants done, to be carried out in order before the next
 * input. Keys stay the core's own until a {@link Wipe}.
 */
public sealed interface KeyEffect {

  /** Offer a key to members; answer with {@link EncryptionManagerCore#onSent} and {@code id}. */
  record Send(long id, MediaKey key, KeyIndex index, Set<CallMember> to) implements KeyEffect {
    public Send {
      to = MemberSet.copyOf(to);
    }
  }

  /** Encrypt own media with {@code key} from now on. */
  record UseOwnKey(KeyIndex index, MediaKey key) implements KeyEffect {}

  /**
   * Advance the key at {@code index}, which is in use, by {@code steps} generations, for all tracks
   * at one barrier (KEY-R3).
   */
  record AdvanceOwnKey(KeyIndex index, int steps) implements KeyEffect {}

  /** Let own media through again: {@link EncryptionManagerCore#openGate}. */
  record OpenGate() implements KeyEffect {}

  /** Ask the encoders for key frames: frames were dropped. */
  record RequestKeyFrames() implements KeyEffect {}

  /** Decrypt media of {@code member} under {@code index} with {@code key}. */
  record SetRemoteKey(CallMember member, KeyIndex index, MediaKey key) implements KeyEffect {}

  /** Refuse media of {@code member}. */
  record DropRemote(CallMember member) implements KeyEffect {}

  /** Nothing uses {@code key} any more: close it. */
  record Wipe(MediaKey key) implements KeyEffect {}

  /** Nothing is encrypted any more with the own key that was offered under {@code index}. */
  record Retired(KeyIndex index) implements KeyEffect {}

  /** Tell the app. */
  record Report(KeyEvent event) implements KeyEffect {}
}
