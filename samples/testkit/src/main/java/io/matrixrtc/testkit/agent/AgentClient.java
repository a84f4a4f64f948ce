package io.matrixrtc.testkit.agent;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.client.ApiResult;
import io.matrixrtc.client.ClientSettings;
import io.matrixrtc.client.Credentials;
import io.matrixrtc.client.EncryptedClient;
import io.matrixrtc.client.LoginOutcome;
import io.matrixrtc.client.LogoutOutcome;
import io.matrixrtc.client.MatrixClient;
import io.matrixrtc.client.NewRoom;
import io.matrixrtc.client.SetupOutcome;
import io.matrixrtc.client.UserAuthentication;
import io.matrixrtc.e2ee.CryptoStoreException;
import io.matrixrtc.e2ee.MemoryCryptoStore;
import io.matrixrtc.e2ee.TrustPolicy;
import io.matrixrtc.e2ee.UserDevice;
import io.matrixrtc.e2ee.Verification;
import io.matrixrtc.e2ee.VerificationOutcome;
import io.matrixrtc.json.Json;
import io.matrixrtc.keys.RoomEventChannel;
import io.matrixrtc.keys.ToDeviceChannel;
import io.matrixrtc.olm.Ed25519PublicKey;
import io.matrixrtc.olm.KeyFormatException;
import io.matrixrtc.olm.StateKey;
import io.matrixrtc.testkit.trace.TraceEvent;
import java.net.URI;
import java.security.SecureRandom;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * A participant's Matrix client with its own store. HTTP and its retries run in real time, however
 * fast the media clock is; in a virtual world, in its time, as all else.
 */
final class AgentClient implements AutoCloseable {
  private static final String MESSAGE = "m.room.message";

  private final EncryptedClient encrypted;
  private final StateKey storeKey;
  private final MemoryCryptoStore store;

  private AgentClient(EncryptedClient encrypted, StateKey storeKey, MemoryCryptoStore store) {
    this.encrypted = encrypted;
    this.storeKey = storeKey;
    this.store = store;
  }

  /** Signs in and starts to sync. Fails with a {@link RefusedException} that names the reason. */
  static CompletionStage<AgentClient> signIn(
      ParticipantSpec spec, AgentRuntime runtime, SecureRandom random, Consumer<TraceEvent> trace) {
    MessageTraces messages = new MessageTraces(spec.identity(), trace);
    ClientSettings settings =
        ClientSettings.of(messages.below(runtime.transport()), runtime.clientScheduler())
            .withRandom(runtime.random());
    Credentials credentials =
        Credentials.of(spec.userId(), spec.password(), spec.name()).asDevice(spec.deviceId());
    return MatrixClient.login(URI.create(spec.homeserver()), credentials, settings)
        .thenApply(
            outcome -> {
              if (outcome instanceof LoginOutcome.LoggedIn in) {
                return open(spec, new MatrixClient(in.session(), settings), messages, random);
              }
              throw new RefusedException("cannot sign in. " + outcome.sentence());
            });
  }

  private static AgentClient open(
      ParticipantSpec spec, MatrixClient matrix, MessageTraces messages, SecureRandom random) {
    TrustPolicy trust = TrustPolicy.named(spec.trust());
    StateKey storeKey = StateKey.generate(random::nextBytes);
    MemoryCryptoStore store = new MemoryCryptoStore();
    try {
      EncryptedClient encrypted =
          EncryptedClient.builder(matrix)
              .trust(trust)
              .store(store, storeKey)
              .random(random::nextBytes)
              .onSealed(messages)
              .start();
      return new AgentClient(encrypted, storeKey, store);
    } catch (CryptoStoreException e) {
      throw new RefusedException("cannot open the crypto store: " + e.getMessage());
    }
  }

  EncryptedClient encrypted() {
    return encrypted;
  }

  /** Olm-encrypted messages. */
  ToDeviceChannel toDevice() {
    return encrypted.toDevice();
  }

  /** Encrypted events of a room. */
  RoomEventChannel roomEvents(String roomId) {
    return encrypted.roomEvents(roomId);
  }

  /** Gives the user an identity. Fails if there is one: the participant has not its keys. */
  CompletionStage<Void> setUpIdentity(ParticipantSpec spec) {
    return encrypted
        .crossSigning()
        .bootstrap(UserAuthentication.password(spec.userId(), spec.password()))
        .thenAccept(
            outcome -> {
              if (!(outcome instanceof SetupOutcome.Done)) {
                throw new RefusedException("has no identity to sign with. " + outcome.sentence());
              }
            });
  }

  /** Its Ed25519 key in base64. */
  CompletionStage<String> fingerprint() {
    return encrypted.withMachine(machine -> machine.identityKeys().ed25519().toBase64());
  }

  /** Signs another device of the user, whose key was compared. */
  CompletionStage<Void> sign(String deviceId, String fingerprint) {
    UserDevice device = new UserDevice(encrypted.device().userId(), deviceId);
    return encrypted
        .crossSigning()
        .verify(Verification.ofDevice(device, key(fingerprint)))
        .thenAccept(
            outcome -> {
              if (!(outcome instanceof VerificationOutcome.Verified)) {
                throw new RefusedException("cannot sign " + device + ": " + outcome);
              }
            });
  }

  private static Ed25519PublicKey key(String base64) {
    try {
      return Ed25519PublicKey.fromBase64(base64);
    } catch (KeyFormatException e) {
      throw new RefusedException("no fingerprint of a device: " + e.getMessage());
    }
  }

  /** Makes an encrypted room that anyone may join and take part in calls. */
  CompletionStage<String> createRoom(String name) {
    NewRoom room = NewRoom.openForCalls().named(name);
    return encrypted.matrix().rooms().createRoom(room).thenApply(AgentClient::value);
  }

  CompletionStage<String> join(String roomId) {
    return encrypted.matrix().rooms().join(roomId).thenApply(AgentClient::value);
  }

  CompletionStage<String> post(String roomId, String text) {
    ObjectNode content = Json.newObject().put("msgtype", "m.text").put("body", text);
    return encrypted
        .matrix()
        .rooms()
        .sendEvent(roomId, MESSAGE, UUID.randomUUID().toString(), content)
        .thenApply(AgentClient::value);
  }

  /** Sends a to-device event as it is, without encryption. */
  CompletionStage<ObjectNode> sendInClear(
      String type, String toUser, String toDevice, ObjectNode content) {
    ObjectNode body = Json.newObject();
    body.putObject("messages").putObject(toUser).set(toDevice, content);
    return encrypted
        .matrix()
        .toDevice()
        .send(type, UUID.randomUUID().toString(), body)
        .thenApply(AgentClient::value);
  }

  /** Logs the device out, which closes it and erases its store. */
  CompletionStage<Void> signOut() {
    return encrypted
        .logout()
        .thenAccept(
            outcome -> {
              if (outcome instanceof LogoutOutcome.Failed failed) {
                throw new RefusedException(failed.failure().sentence());
              }
            });
  }

  static <T> T value(ApiResult<T> result) {
    return result.fold(
        value -> value,
        failure -> {
          throw new RefusedException(failure.sentence());
        });
  }

  /** Returns at once; store and key go when the client uses them no more. */
  @Override
  public void close() {
    encrypted.close();
    var unused =
        encrypted
            .ended()
            .thenRun(
                () -> {
                  store.close();
                  storeKey.close();
                });
  }

  /** A step that could not be done; the message is a sentence for people. */
  static final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    RefusedException(String sentence) {
      super(sentence);
    }
  }
}
