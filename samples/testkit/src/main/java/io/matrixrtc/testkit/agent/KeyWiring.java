package io.matrixrtc.testkit.agent;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.keys.CallContext;
import io.matrixrtc.keys.KeyTransport;
import io.matrixrtc.keys.RotationPolicy;
import io.matrixrtc.keys.ToDeviceChannel;
import java.time.InstantSource;
import java.util.concurrent.CompletionStage;

/**
 * How the key management of a participant is put together: the place for one's own transport or
 * policy, for example to see whether a script finds the fault in it. Called once for each call that
 * a participant enters, before the call starts.
 */
public interface KeyWiring {
  /** The library's own parts, unchanged. */
  KeyWiring OURS = new KeyWiring() {};

  /** The policy to use, in place of the one that the script's settings name. */
  default RotationPolicy policy(RotationPolicy ours) {
    return ours;
  }

  /** The transport to use, which owns {@code ours} if it does not return it. */
  default KeyTransport transport(KeyTransport ours, Parts parts) {
    return ours;
  }

  /**
   * What a transport may be made of.
   *
   * @param context room, slot and own device
   * @param memberId the own membership's id, which key messages name
   * @param channel Olm-encrypted to-device messages
   * @param clear to-device messages without encryption: for faults
   * @param clock the call's time
   */
  record Parts(
      CallContext context,
      String memberId,
      ToDeviceChannel channel,
      ClearChannel clear,
      InstantSource clock) {}

  /** Sends to-device messages as they are. */
  @FunctionalInterface
  interface ClearChannel {
    /** Completes when the homeserver has the message. */
    CompletionStage<?> send(String eventType, String toUser, String toDevice, ObjectNode content);
  }
}
