package io.matrixrtc.keys;

import io.matrixrtc.media.KeyIndex;
import java.util.Optional;

/** Why a key that arrived is not used. Texts from the sender are cut to 64 printable characters. */
public sealed interface KeyRefusal {
  /** Who sent it. */
  Origin from();

  /**
   * Who sent a key event.
   *
   * @param userId the user: authenticated if the device is, else the server's or the host's word
   * @param device the authenticated device, if there is one
   */
  record Origin(String userId, Optional<DeviceAddress> device) {
    static Origin of(SenderEvidence evidence) {
      if (evidence instanceof SenderEvidence.OlmDevice olm) {
        return new Origin(olm.device().userId(), Optional.of(olm.device()));
      }
      if (evidence instanceof SenderEvidence.HostAttested host) {
        return new Origin(host.userId(), Optional.empty());
      }
      throw new IllegalStateException("unknown evidence");
    }

    @Override
    public String toString() {
      return device.map(DeviceAddress::toString).orElse(userId + "/?");
    }
  }

  /** The content names another device than the one that encrypted it. */
  record ClaimedAnotherDevice(Origin from, String claimed) implements KeyRefusal {}

  /** It came unencrypted. */
  record Cleartext(Origin from) implements KeyRefusal {}

  /** It is for another room. */
  record WrongRoom(Origin from, String roomId) implements KeyRefusal {}

  /** The index is no integer from 0 to 255. */
  record BadIndex(Origin from, String index) implements KeyRefusal {}

  /** The key is shorter than 16 or longer than 64 bytes. */
  record BadLength(Origin from, int bytes) implements KeyRefusal {}

  /** A field is missing or has the wrong form. */
  record Malformed(Origin from, String field) implements KeyRefusal {}

  /** The device does not meet the trust that is required of senders. */
  record Untrusted(Origin from, SenderEvidence.Trust trust, TrustRequirement required)
      implements KeyRefusal {}

  /** Only a widget host vouches for the sender, and that was not switched on. */
  record HostAttestationOff(Origin from) implements KeyRefusal {}

  /** It comes from this very device. */
  record OwnDevice(Origin from) implements KeyRefusal {}

  /** The same device sent another key for this index later than this one. */
  record Outdated(Origin from, KeyIndex index) implements KeyRefusal {}
}
