package io.matrixrtc.keys;

import io.matrixrtc.media.KeyIndex;
import io.matrixrtc.media.MediaKey;

/**
 * The media layer, told which keys to encrypt and decrypt with. Called on the manager's executor,
 * one call at a time. Every key is lent for the length of the call: copy what is kept, and wipe the
 * copies on {@link #onClosed}.
 */
public interface MediaKeySink {
  /** Encrypt with {@code key} under {@code index} from now on. */
  void onOwnKey(KeyIndex index, MediaKey key);

  /**
   * Decrypt frames of {@code member} under {@code index} with {@code key}. May repeat a key that
   * was set before; a repetition is also due when the member's participation changed.
   */
  void onRemoteKey(CallMember member, KeyIndex index, MediaKey key);

  /**
   * {@code member} is no longer in the call: refuse its frames. Its keys are set again if it
   * returns in time.
   */
  void onRemoteLeft(CallMember member);

  /** The call is over for this device: encrypt and decrypt nothing more, wipe every key. */
  void onClosed();
}
