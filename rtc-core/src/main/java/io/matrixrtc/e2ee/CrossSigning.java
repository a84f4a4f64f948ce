package io.matrixrtc.e2ee;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.SignedJson;
import io.matrixrtc.olm.RandomSource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Our own user's cross-signing identity: its private keys, what it signs, and the secrets that our
 * devices give each other. Part of an {@link OlmMachine}, used like it, from one thread at a time;
 * every method writes what it changed before it returns, and requests come out of {@link
 * OlmMachine#outgoingRequests}.
 *
 * <p>Source: Matrix specification, end-to-end encryption, "Cross-signing" and "Secrets".
 */
public final class CrossSigning {
  private final OwnDevice device;
  private final OwnIdentity own;
  private final Identities identities;
  private final DeviceDirectory directory;
  private final CrossSigningSetup setup;
  private final SignatureUploads signatures;
  private final OwnDeviceSignature ownSignature;
  private final Verifications verifications;
  private final HeldSecrets held;
  private final SecretMail mail;
  private final SecretRequests requests;
  private final SecretAnswers answers;
  private final SecretEventLog secretEvents;
  private final IdentityAlarms alarms;
  private final ResetAccount account;
  private final Commit commit;

  /** Writes what was changed. */
  @FunctionalInterface
  interface Commit {
    void run(Instant now) throws CryptoStoreException;
  }

  /** What of the machine this works with. */
  record Parts(
      OwnDevice device,
      OwnSecretRows rows,
      RequestIds ids,
      RandomSource random,
      KeyUploads uploads,
      DeviceTracker tracker,
      DeviceDirectory directory,
      Identities identities,
      Deliveries deliveries,
      SecretMail mail) {}

  CrossSigning(Parts parts, Commit commit) throws CryptoStoreException {
    this.device = parts.device();
    this.identities = parts.identities();
    this.directory = parts.directory();
    this.mail = parts.mail();
    this.commit = commit;
    UserDevice address = device.address();
    OwnSecretRows rows = parts.rows();
    DeviceVerification trust = new DeviceVerification(identities);
    this.own = new OwnIdentity(address.userId(), identities, rows);
    this.setup =
        new CrossSigningSetup(
            device, own, parts.uploads(), parts.tracker(), rows, parts.ids(), parts.random());
    this.signatures = new SignatureUploads(own, identities, directory, rows, parts.ids());
    this.ownSignature = new OwnDeviceSignature(address, own, identities, directory, signatures);
    this.verifications =
        new Verifications(
            own, identities, directory, new UserDecisions(directory, identities), signatures);
    this.held = new HeldSecrets(own);
    this.secretEvents = new SecretEventLog(address);
    this.requests =
        new SecretRequests(address, own, directory, trust, held, rows, parts.ids(), secretEvents);
    this.answers =
        new SecretAnswers(
            address, directory, parts.tracker(), trust, parts.deliveries(), held, secretEvents);
    this.alarms = new IdentityAlarms(device, own, identities, directory);
    this.account = new ResetAccount(address, own, identities, directory);
  }

  /** Signs as this device: for what other devices of our user are to believe, as a key backup. */
  public SignedJson.Signer deviceSigner() {
    return message -> device.account().sign(message).toBytes();
  }

  /**
   * Signs the device keys of a dehydrated device of our user in our identity's name
   * (XS-DEHYDRATED): nobody encrypts to one that is not signed so. Changes nothing.
   *
   * @param deviceKeys as they are published, with their device's own signature
   * @return a signed copy; empty if our private self-signing key is not here
   * @throws IllegalArgumentException if they are not those of a dehydrated device of our user
   */
  public Optional<ObjectNode> signDehydrated(ObjectNode deviceKeys) throws CryptoStoreException {
    String userId = device.address().userId();
    if (!deviceKeys.path("dehydrated").asBoolean(false)
        || !deviceKeys.path("user_id").asText().equals(userId)) {
      throw new IllegalArgumentException("not a dehydrated device of " + userId);
    }
    return own.key(CrossSigningKey.Usage.SELF_SIGNING)
        .map(key -> PrivateIdentity.sign(deviceKeys.deepCopy(), userId, key));
  }

  /** How our own identity stands. */
  public CrossSigningStatus status() throws CryptoStoreException {
    return new CrossSigningStatus(
        own.master(),
        held.names(),
        own.isVerified(),
        ownSignature.isThere(),
        setup.state(),
        signatures.wanted(),
        requests.open());
  }

  /** How far the making of keys is; also in {@link #status}. */
  public SetupState setup() {
    return setup.state();
  }

  /**
   * Gives our user an identity, unless there is one: makes the keys, uploads them, and signs this
   * device. {@link CrossSigningStatus#setup} tells how it goes; keys that an earlier try has made
   * are used again.
   */
  public SetupState bootstrap(Instant now) throws CryptoStoreException {
    setup.start(false);
    return finished(now);
  }

  /** What our user would lose with {@link #reset}. Changes nothing. */
  public IdentityReset previewReset() throws CryptoStoreException {
    return account.count();
  }

  /**
   * Gives our user another identity. The one that there is stays in force until the homeserver has
   * taken the new one, for which it wants to be shown that it is the user.
   *
   * @return what is lost then
   */
  public IdentityReset reset(Instant now) throws CryptoStoreException {
    IdentityReset lost = account.count();
    setup.start(true);
    finished(now);
    return lost;
  }

  private SetupState finished(Instant now) throws CryptoStoreException {
    commit.run(now);
    return setup.state();
  }

  /**
   * The homeserver answered upload {@code requestId} with status 401. If it says what it wants to
   * be shown, the setup is {@link SetupState.AuthWanted}, and waits for {@link #authenticate}.
   */
  public void onAuthenticationWanted(String requestId, ObjectNode answer, Instant now)
      throws CryptoStoreException {
    if (setup.isUnderWay(requestId)) {
      setup.onChallenge(UserInteractiveAuth.parse(answer));
    }
    commit.run(now);
  }

  /**
   * Sends the keys again, with the answer to what the homeserver wants to be shown.
   *
   * @param auth the {@code auth} object of one stage; may hold a password, and is not stored
   * @return whether anything was wanted
   */
  public boolean authenticate(ObjectNode auth, Instant now) throws CryptoStoreException {
    boolean wanted = setup.authenticate(auth);
    commit.run(now);
    return wanted;
  }

  /** Gives up making keys: those that the homeserver has not taken are dropped. */
  public void abandonSetup(Instant now) throws CryptoStoreException {
    setup.abandon();
    commit.run(now);
  }

  /**
   * Keeps a private key that came from secret storage, if it belongs to our identity. The master
   * key makes our identity verified.
   */
  public SecretImport importSecret(Secret secret, Instant now) throws CryptoStoreException {
    SecretImport result =
        secret.name().usage().isPresent()
            ? own.importKey(secret.name().usage().get(), secret)
            : SecretImport.NOT_FOR_SIGNING;
    if (result == SecretImport.IMPORTED) {
      requests.cancel(secret.name());
    }
    commit.run(now);
    return result;
  }

  /** Returns a private key, for secret storage; the caller closes it. */
  public Optional<Secret> exportSecret(SecretName name) throws CryptoStoreException {
    return held.find(name);
  }

  /**
   * Takes the end of a verification: its keys count as verified, and what our private keys can sign
   * is signed, so that our other devices, and for devices of ours everybody, see it.
   */
  public VerificationOutcome verify(Verification verification, Instant now)
      throws CryptoStoreException {
    VerificationOutcome outcome = verifications.conclude(verification);
    commit.run(now);
    return outcome;
  }

  /** Returns the signatures that failed since the last call. */
  public List<SignatureFailure> takeSignatureFailures() {
    return signatures.takeFailures();
  }

  /** Sets who has the backup key, for our other devices' requests. */
  public void backupKeys(BackupKeyPort port) {
    held.backupKeys(port);
  }

  /**
   * Asks our verified devices for the secrets that are not here. Devices that were asked are not
   * asked again.
   *
   * @return what is asked for now; empty if nothing is missing, or nobody can be asked
   */
  public Set<SecretName> requestMissingSecrets(Instant now) throws CryptoStoreException {
    Set<SecretName> asked = requests.askForMissing();
    commit.run(now);
    return asked;
  }

  /** Asks no longer for a secret. */
  public void cancelSecretRequest(SecretName name, Instant now) throws CryptoStoreException {
    requests.cancel(name);
    commit.run(now);
  }

  /**
   * A backup key that one of our verified devices sent, over restarts, until {@link
   * #forgetReceivedBackupKey}. Whether it is the key of the present backup the app must see; the
   * caller closes it.
   */
  public Optional<Secret> receivedBackupKey() {
    return requests.receivedBackupKey();
  }

  /** The app has dealt with the received backup key. */
  public void forgetReceivedBackupKey(Instant now) throws CryptoStoreException {
    requests.forgetBackupKey();
    commit.run(now);
  }

  /**
   * Gives a secret that is here to all our other verified devices, though they did not ask
   * (MSC4385): the key of a backup that was made just now. {@link #takeSecretEvents} tells what
   * came of it.
   *
   * @return whether the secret is here, and such a device known
   */
  public boolean pushSecret(SecretName name, Instant now) throws CryptoStoreException {
    boolean begun = answers.push(name, now);
    commit.run(now);
    return begun;
  }

  /** Returns what happened to secrets since the last call; at most the newest 1,000. */
  public List<SecretEvent> takeSecretEvents() {
    return secretEvents.take();
  }

  /** Returns what changed behind our user's back since the last call; at most the newest 1,000. */
  public List<IdentityAlarm> takeAlarms() {
    return alarms.take();
  }

  /** Does what can be done now. */
  void advance(Instant now) throws CryptoStoreException {
    for (SecretMail.Item item : mail.take()) {
      if (item.type().equals(SecretMail.REQUEST)) {
        answers.receive(item.sender(), item.content());
      } else if (item.info().isPresent()) {
        requests.receive(item.info().get(), item.type(), item.content());
      }
    }
    answers.advance(now);
    setup.advance();
    ownSignature.advance(now);
  }

  List<OutgoingRequest> requests(Instant now) throws CryptoStoreException {
    List<OutgoingRequest> wanted = new ArrayList<>();
    setup.request().ifPresent(wanted::add);
    if (setup.request().isEmpty()) {
      signatures.request(now).ifPresent(wanted::add); // XS-ORDER
    }
    wanted.addAll(requests.requests(now));
    return wanted;
  }

  boolean isUnderWay(String id) {
    return setup.isUnderWay(id) || signatures.isUnderWay(id) || requests.isUnderWay(id);
  }

  /** Returns the users whose keys have a new signature of ours. */
  Set<String> onAnswer(String id, ObjectNode answer) throws CryptoStoreException {
    if (setup.isUnderWay(id)) {
      setup.onAnswer();
      alarms.expectOwnIdentity();
    } else if (signatures.isUnderWay(id)) {
      return signatures.onAnswer(answer);
    } else {
      requests.onAnswer(id);
    }
    return Set.of();
  }

  void onFailure(String id, RequestFailure failure, Instant now) {
    if (setup.isUnderWay(id)) {
      setup.onFailure(failure);
    } else if (signatures.isUnderWay(id)) {
      signatures.onFailure(now);
    } else {
      requests.onFailure(now);
    }
  }

  /** Devices and identities of {@code askedFor} are as {@code answer} showed them. */
  void onKeysQuery(ObjectNode answer, Set<String> askedFor) throws CryptoStoreException {
    if (askedFor.contains(own.userId())) {
      boolean mine = setup.onOwnIdentity();
      own.verifyIfHeld();
      ownSignature.onListed();
      if (mine) {
        alarms.expectOwnIdentity();
      }
    }
    alarms.onAnswer(answer, askedFor);
  }

  Optional<Instant> nextDeadline(Instant now) {
    return Stream.of(
            signatures.nextDeadline(now),
            requests.nextDeadline(now),
            ownSignature.nextDeadline(now))
        .flatMap(Optional::stream)
        .min(Instant::compareTo);
  }

  void close() {
    setup.close();
    own.close();
    requests.close();
  }
}
