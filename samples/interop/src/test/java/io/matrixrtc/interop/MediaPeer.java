package io.matrixrtc.interop;

import java.util.List;

/** A participant of another implementation that encodes, encrypts, decrypts and decodes media. */
interface MediaPeer extends MediaHearer {
  /** Gives it the key of a participant; its own one is used to send from then on. */
  void key(String owner, int index, String base64) throws InterruptedException;

  /** Gives it every key that a device in a call has of these members. */
  default void keysOf(CallParty device, List<? extends CallParty> members)
      throws InterruptedException {
    for (CallParty owner : members) {
      for (CallKey key : device.keysOf(owner.address())) {
        key(MediaKeys.identity(owner.address()), key.index(), key.base64());
      }
    }
  }
}
