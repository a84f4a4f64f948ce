package io.matrixrtc.benchmarks.call;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.client.ClientSettings;
import io.matrixrtc.client.Credentials;
import io.matrixrtc.client.EncryptedClient;
import io.matrixrtc.client.LoginOutcome;
import io.matrixrtc.client.MatrixClient;
import io.matrixrtc.e2ee.CryptoStoreException;
import io.matrixrtc.e2ee.MemoryCryptoStore;
import io.matrixrtc.e2ee.TrustPolicy;
import io.matrixrtc.json.Json;
import io.matrixrtc.keys.CallMember;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.EncryptionManager;
import io.matrixrtc.keys.MediaKeySink;
import io.matrixrtc.keys.RotationPolicy;
import io.matrixrtc.keys.ToDeviceKeyTransport;
import io.matrixrtc.keys.TrustRequirement;
import io.matrixrtc.media.KeyIndex;
import io.matrixrtc.media.KeyRing;
import io.matrixrtc.media.KeyRingSettings;
import io.matrixrtc.media.MediaKey;
import io.matrixrtc.media.SendGate;
import io.matrixrtc.olm.StateKey;
import io.matrixrtc.session.JoinRequest;
import io.matrixrtc.session.JoinResult;
import io.matrixrtc.session.RtcSession;
import io.matrixrtc.session.SessionSettings;
import io.matrixrtc.session.Transport;
import java.io.IOException;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One user's only device: a whole client with a store in memory, and its part in the call. */
final class CallDevice implements AutoCloseable {
  private static final String PASSWORD = "a password of the benchmark";
  private static final Duration LEAVE_TIMEOUT = Duration.ofSeconds(20);

  private final EncryptedClient client;
  private final MemoryCryptoStore store;
  private final StateKey storeKey;
  private final FrameBus bus;
  private final SecureRandom random;
  private final KeyRing ring;
  private final CallEar ear;
  private @Nullable RtcSession session;
  private String identity = "";

  private CallDevice(
      EncryptedClient client,
      MemoryCryptoStore store,
      StateKey storeKey,
      FrameBus bus,
      SecureRandom random) {
    this.client = client;
    this.store = store;
    this.storeKey = storeKey;
    this.bus = bus;
    this.random = random;
    this.ring = new KeyRing(KeyRingSettings.defaults(), random, Clock.systemUTC());
    this.ear = new CallEar(random);
  }

  /** Registers a user, and starts to sync. */
  static CallDevice register(
      URI homeserver, String user, ClientSettings settings, FrameBus bus, SecureRandom random)
      throws IOException, InterruptedException {
    Credentials credentials = Credentials.of(user, PASSWORD, "benchmark");
    LoginOutcome outcome = Waiting.of(MatrixClient.register(homeserver, credentials, settings));
    if (!(outcome instanceof LoginOutcome.LoggedIn in)) {
      throw new IOException("cannot register " + user + ". " + outcome.sentence());
    }
    StateKey storeKey = StateKey.generate(random::nextBytes);
    MemoryCryptoStore store = new MemoryCryptoStore();
    try {
      EncryptedClient client =
          EncryptedClient.builder(new MatrixClient(in.session(), settings))
              .trust(TrustPolicy.ALL)
              .store(store, storeKey)
              .random(random::nextBytes)
              .start();
      CallDevice device = new CallDevice(client, store, storeKey, bus, random);
      Waiting.of(client.published());
      return device;
    } catch (CryptoStoreException e) {
      throw new IOException(e);
    }
  }

  EncryptedClient client() {
    return client;
  }

  CallEar ear() {
    return ear;
  }

  String identity() {
    return identity;
  }

  CallMouth mouth() {
    return new CallMouth(identity, ring, bus);
  }

  /** Joins the call. Returns when that began, as {@link System#nanoTime}. */
  long join(String roomId, RotationPolicy policy) throws IOException, InterruptedException {
    DeviceAddress own = new DeviceAddress(client.device().userId(), client.device().deviceId());
    SessionSettings settings = SessionSettings.roomCall(roomId, "", own);
    identity = settings.memberId();
    ToDeviceKeyTransport transport =
        new ToDeviceKeyTransport(
            settings.context(),
            new ToDeviceKeyTransport.Settings(identity, TrustRequirement.ALL, false),
            client.toDevice(),
            Clock.systemUTC());
    EncryptionManager.Settings keys =
        new EncryptionManager.Settings(
            policy,
            transport,
            new Media(),
            () -> MediaKey.generate(random, policy.keyBytes()),
            random);
    RtcSession joining =
        new RtcSession(
            settings,
            client.statePublisher(roomId),
            Optional.of(keys),
            client.matrix().settings().scheduler(),
            event -> {});
    session = joining;
    Waiting.of(client.attach(roomId, joining));
    bus.listen(identity, ear);
    ObjectNode fields = Json.newObject().put("type", "livekit");
    fields.put("livekit_service_url", "http://localhost");
    long start = System.nanoTime();
    JoinResult result =
        Waiting.of(joining.join(JoinRequest.multiSfu(List.of(new Transport("livekit", fields)))));
    if (!(result instanceof JoinResult.Joined)) {
      throw new IOException("cannot join the call: " + result);
    }
    return start;
  }

  void leave() throws IOException, InterruptedException {
    RtcSession leaving = session;
    if (leaving != null) {
      bus.leave(identity);
      Waiting.of(leaving.leave(LEAVE_TIMEOUT));
      leaving.close();
      session = null;
    }
  }

  @Override
  public void close() throws IOException, InterruptedException {
    bus.leave(identity);
    RtcSession open = session;
    if (open != null) {
      open.close();
    }
    client.close();
    Waiting.of(client.ended());
    ear.close();
    ring.close();
    store.close();
    storeKey.close();
  }

  private final class Media implements MediaKeySink {
    @Override
    public void onOwnKey(KeyIndex index, MediaKey key) {
      ring.put(index, key);
      ring.use(index);
    }

    @Override
    public boolean onGate(SendGate gate) {
      ring.setGate(gate);
      return true;
    }

    @Override
    public void onRemoteKey(CallMember member, KeyIndex index, MediaKey key) {
      ear.key(member.mediaIdentity(), index, key);
    }

    @Override
    public void onRemoteLeft(CallMember member) {
      ear.left(member.mediaIdentity());
    }

    @Override
    public void onClosed() {
      ear.close();
    }
  }
}
