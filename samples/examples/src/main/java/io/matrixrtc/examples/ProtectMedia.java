package io.matrixrtc.examples;

import io.matrixrtc.client.EncryptedClient;
import io.matrixrtc.keys.CallMember;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.EncryptionManager;
import io.matrixrtc.keys.KeyTransport;
import io.matrixrtc.keys.MediaKeySink;
import io.matrixrtc.keys.RotationPolicies;
import io.matrixrtc.keys.SerialScheduler;
import io.matrixrtc.keys.ToDeviceKeyTransport;
import io.matrixrtc.media.FrameDecryptor;
import io.matrixrtc.media.FrameEncryptor;
import io.matrixrtc.media.KeyIndex;
import io.matrixrtc.media.KeyRing;
import io.matrixrtc.media.KeyRingSettings;
import io.matrixrtc.media.MediaKey;
import io.matrixrtc.media.SendGate;
import io.matrixrtc.session.RtcSession;
import io.matrixrtc.session.SessionEvent;
import io.matrixrtc.session.SessionSettings;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** The frames of a media pipeline, under the keys of a call. One for each time a call is joined. */
public final class ProtectMedia implements MediaKeySink {
  private final SecureRandom random = new SecureRandom();
  private final KeyRing own = newRing();
  private final Map<String, KeyRing> others = new ConcurrentHashMap<>();

  private KeyRing newRing() {
    return new KeyRing(KeyRingSettings.defaults(), random, Clock.systemUTC());
  }

  private KeyRing ringOf(String identity) {
    return others.computeIfAbsent(identity, one -> newRing());
  }

  /** For one track of ours, between encoder and packetiser. It drops frames while a key is due. */
  public FrameEncryptor newEncryptor() {
    return new FrameEncryptor(own);
  }

  /** For one track of the participant that the SFU calls {@code identity}, before its decoder. */
  public FrameDecryptor newDecryptor(String identity) {
    return new FrameDecryptor(ringOf(identity));
  }

  /** The call of a room, to be fed by {@code client.attach(roomId, session)} and then joined. */
  public RtcSession session(
      EncryptedClient client, String roomId, SerialScheduler serial, Consumer<SessionEvent> told) {
    DeviceAddress self = new DeviceAddress(client.device().userId(), client.device().deviceId());
    SessionSettings settings = SessionSettings.roomCall(roomId, "", self);
    KeyTransport transport =
        new ToDeviceKeyTransport(
            settings.context(),
            ToDeviceKeyTransport.Settings.defaults(settings.memberId()),
            client.toDevice(),
            Clock.systemUTC());
    EncryptionManager.Settings keys =
        new EncryptionManager.Settings(
            RotationPolicies.demand(), transport, this, () -> MediaKey.generate(random), random);
    return new RtcSession(settings, client.statePublisher(roomId), Optional.of(keys), serial, told);
  }

  @Override
  public boolean onGate(SendGate gate) {
    own.setGate(gate);
    return true;
  }

  @Override
  public void onOwnKey(KeyIndex index, MediaKey key) {
    own.put(index, key);
    own.use(index);
  }

  @Override
  public void onRemoteKey(CallMember member, KeyIndex index, MediaKey key) {
    ringOf(member.mediaIdentity()).put(index, key);
    ringOf(member.mediaIdentity()).resume();
  }

  @Override
  public void onRemoteLeft(CallMember member) {
    ringOf(member.mediaIdentity()).suspend();
  }

  @Override
  public void onClosed() {
    own.close();
    others.values().forEach(KeyRing::close);
  }
}
