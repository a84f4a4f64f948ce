package io.matrixrtc.e2ee;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.e2ee.CrossSigningKey.Usage;
import io.matrixrtc.e2ee.OutgoingRequest.SigningKeysUpload;
import io.matrixrtc.e2ee.SetupState.Reason;
import io.matrixrtc.json.Json;
import io.matrixrtc.olm.Ed25519KeyPair;
import io.matrixrtc.olm.Ed25519PublicKey;
import io.matrixrtc.olm.KeyFormatException;
import io.matrixrtc.olm.RandomSource;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes our own cross-signing keys and gets them to the homeserver: first the device's own keys,
 * then these (XS-ORDER). They are stored before they leave; until the homeserver has taken them the
 * same ones are offered (XS-AGAIN), and the identity that there was stays in force.
 */
final class CrossSigningSetup implements AutoCloseable {
  private static final String PREFIX = "new cross-signing";
  private static final String STATE = "new cross-signing state";
  private static final String REPLACES = "replaces";

  private final OwnDevice device;
  private final OwnIdentity own;
  private final KeyUploads uploads;
  private final DeviceTracker tracker;
  private final OwnSecretRows rows;
  private final RequestIds ids;
  private final RandomSource random;

  private SetupState state = new SetupState.Idle();
  private boolean resets;
  private Optional<Ed25519PublicKey> replaces = Optional.empty();
  private @Nullable PrivateIdentity made;
  private @Nullable ObjectNode auth;
  private @Nullable SigningKeysUpload underWay;

  CrossSigningSetup(
      OwnDevice device,
      OwnIdentity own,
      KeyUploads uploads,
      DeviceTracker tracker,
      OwnSecretRows rows,
      RequestIds ids,
      RandomSource random)
      throws CryptoStoreException {
    this.device = device;
    this.own = own;
    this.uploads = uploads;
    this.tracker = tracker;
    this.rows = rows;
    this.ids = ids;
    this.random = random;
    load();
  }

  private void load() throws CryptoStoreException {
    PrivateIdentity stored = PrivateIdentity.load(rows, PREFIX);
    if (!stored.isComplete()) {
      return;
    }
    made = stored;
    state = new SetupState.Interrupted();
    ObjectNode facts = rows.loadJson(STATE);
    if (facts.has(REPLACES)) {
      try {
        replaces = Optional.of(Ed25519PublicKey.fromBase64(facts.path(REPLACES).asText()));
      } catch (KeyFormatException e) {
        throw new CryptoStoreException.Unreadable(STATE, e);
      }
    }
  }

  SetupState state() {
    return state;
  }

  /** Begins, or goes on with keys that were made before. What is running goes on as it is. */
  void start(boolean reset) throws CryptoStoreException {
    if (state.isRunning()) {
      return;
    }
    if (made != null) {
      if (own.master().equals(replaces)) {
        state = new SetupState.Uploading(); // XS-AGAIN
        return;
      }
      drop();
    }
    resets = reset;
    state = new SetupState.Preparing();
  }

  /** Makes the keys once it is known that they are wanted (XS-EXISTS). */
  void advance() throws CryptoStoreException {
    boolean ready =
        state instanceof SetupState.Preparing
            && uploads.published() // XS-ORDER
            && tracker.isCurrent(own.userId());
    if (!ready) {
      return;
    }
    Optional<Ed25519PublicKey> present = own.master();
    if (!resets && present.isPresent()) {
      state =
          own.isComplete()
              ? new SetupState.Done()
              : new SetupState.Refused(Reason.IDENTITY_EXISTS); // XS-EXISTS
      return;
    }
    made = PrivateIdentity.generate(random);
    replaces = present;
    made.store(rows, PREFIX);
    ObjectNode facts = Json.newObject().put("made", true);
    present.ifPresent(key -> facts.put(REPLACES, key.toBase64()));
    rows.putJson(STATE, facts);
    state = new SetupState.Uploading();
  }

  /** The upload that is wanted now: the one under way, a new one, or none. */
  Optional<SigningKeysUpload> request() {
    if (underWay == null && made != null && state instanceof SetupState.Uploading) {
      ObjectNode body = Json.newObject();
      made.publish(device).forEach((usage, key) -> body.set(usage.label() + "_key", key));
      if (auth != null) {
        body.set("auth", auth);
      }
      underWay = new SigningKeysUpload(ids.next(), body);
    }
    return Optional.ofNullable(underWay);
  }

  boolean isUnderWay(String id) {
    return underWay != null && underWay.id().equals(id);
  }

  /** The homeserver has taken the keys. */
  void onAnswer() throws CryptoStoreException {
    takeOver();
  }

  /** The homeserver wants to know who it is (XS-AUTH). */
  void onChallenge(Optional<UserInteractiveAuth> challenge) {
    underWay = null;
    auth = null;
    state =
        challenge.isPresent()
            ? new SetupState.AuthWanted(challenge.get())
            : new SetupState.Failed(
                "the homeserver wants authentication that it does not describe");
  }

  /** The app's answer to the challenge; the same keys go out with it (XS-AUTH). */
  boolean authenticate(ObjectNode answer) {
    if (!(state instanceof SetupState.AuthWanted wanted)) {
      return false;
    }
    ObjectNode complete = answer.deepCopy();
    wanted
        .auth()
        .session()
        .filter(session -> !complete.has("session"))
        .ifPresent(session -> complete.put("session", session));
    auth = complete;
    state = new SetupState.Uploading();
    return true;
  }

  void onFailure(RequestFailure failure) {
    underWay = null;
    auth = null;
    state = new SetupState.Failed(failure.reason());
  }

  /** Gives up: the keys that were made are dropped, the identity that there was stays. */
  void abandon() {
    drop();
    state = new SetupState.Idle();
  }

  /**
   * Our own identity was looked up. If it is the one made here, an answer was lost and all is well
   * (XS-RECOGNISED); if it is neither that nor the one to be replaced, somebody else was faster,
   * and these keys must not replace theirs (XS-RACE).
   *
   * @return whether the identity is the one made here
   */
  boolean onOwnIdentity() throws CryptoStoreException {
    if (made == null) {
      return false;
    }
    Optional<Ed25519PublicKey> shown = own.master();
    if (shown.isPresent() && made.key(Usage.MASTER).map(Ed25519KeyPair::publicKey).equals(shown)) {
      takeOver();
      return true;
    } else if (!shown.equals(replaces)) {
      drop();
      state = new SetupState.Refused(Reason.OTHER_IDENTITY_MEANWHILE);
    }
    return false;
  }

  private void takeOver() throws CryptoStoreException {
    if (made == null) {
      throw new IllegalStateException("no keys were made");
    }
    Map<Usage, ObjectNode> published = made.publish(device);
    try {
      String user = own.userId();
      CrossSigningKey master =
          CrossSigningKey.parse(user, Usage.MASTER, get(published, Usage.MASTER));
      CrossSigningKey selfSigning =
          CrossSigningKey.parse(user, Usage.SELF_SIGNING, get(published, Usage.SELF_SIGNING));
      Optional<CrossSigningKey> userSigning =
          Optional.of(
              CrossSigningKey.parse(user, Usage.USER_SIGNING, get(published, Usage.USER_SIGNING)));
      Optional<UserIdentity> known = own.identity();
      own.replace(
          made,
          known.isPresent()
              ? known.get().with(master, selfSigning, userSigning)
              : UserIdentity.first(master, selfSigning, userSigning));
    } catch (CrossSigningKeyException e) {
      throw new IllegalStateException("keys made here are right", e);
    }
    made = null; // taken over
    drop();
    state = new SetupState.Done();
  }

  private static ObjectNode get(Map<Usage, ObjectNode> published, Usage usage) {
    return Objects.requireNonNull(published.get(usage));
  }

  private void drop() {
    if (made != null) {
      made.close();
    }
    made = null;
    underWay = null;
    auth = null;
    replaces = Optional.empty();
    PrivateIdentity.forget(rows, PREFIX);
    rows.forget(STATE);
  }

  @Override
  public void close() {
    if (made != null) {
      made.close();
    }
  }
}
