package io.matrixrtc.client;

import static io.matrixrtc.client.TestDevice.TYPE;
import static io.matrixrtc.client.TestDevice.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.matrixrtc.e2ee.CrossSigningStatus;
import io.matrixrtc.e2ee.IdentityReset;
import io.matrixrtc.e2ee.IdentityState;
import io.matrixrtc.e2ee.MemoryCryptoStore;
import io.matrixrtc.e2ee.OlmMachine;
import io.matrixrtc.e2ee.SecretEvent;
import io.matrixrtc.e2ee.SecretName;
import io.matrixrtc.e2ee.SignatureTarget;
import io.matrixrtc.e2ee.UserDevice;
import io.matrixrtc.e2ee.UserInteractiveAuth;
import io.matrixrtc.e2ee.Verification;
import io.matrixrtc.e2ee.VerificationOutcome;
import io.matrixrtc.e2ee.VerificationState;
import io.matrixrtc.homeserver.EmbeddedHomeserver;
import io.matrixrtc.homeserver.HomeserverConfig;
import io.matrixrtc.json.Json;
import io.matrixrtc.keys.PoolScheduler;
import io.matrixrtc.keys.SerialScheduler;
import io.matrixrtc.keys.ToDeviceChannel.Outcome;
import io.matrixrtc.olm.Ed25519PublicKey;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Identities over real HTTP, on the embedded homeserver. */
class CrossSigningHomeserverTest {
  private final ScheduledExecutorService pool = Executors.newScheduledThreadPool(4);
  private final HttpTransport http = new JdkHttpTransport(pool);
  private final List<TestDevice> devices = new ArrayList<>();
  @TempDir private Path folder;
  private EmbeddedHomeserver homeserver;
  private int seed;

  @BeforeEach
  void start() throws Exception {
    homeserver =
        EmbeddedHomeserver.start(
            HomeserverConfig.defaults().withDatabase(folder.resolve("homeserver.db")));
  }

  @AfterEach
  void stop() {
    devices.forEach(TestDevice::close);
    homeserver.close();
    pool.shutdownNow();
  }

  private SerialScheduler scheduler() {
    return new PoolScheduler(pool, InstantSource.system());
  }

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private TestDevice device(String user, boolean isNew) throws Exception {
    ClientSettings settings = ClientSettings.of(http, scheduler());
    Credentials credentials = Credentials.of(user, "pass-" + user, "test");
    LoginOutcome outcome =
        get(
            isNew
                ? MatrixClient.register(homeserver.baseUrl(), credentials, settings)
                : MatrixClient.login(homeserver.baseUrl(), credentials, settings));
    TestDevice device =
        new TestDevice(
            outcome.orThrow(),
            http,
            scheduler(),
            OlmMachine.Settings.defaults(),
            new MemoryCryptoStore(),
            ++seed);
    devices.add(device);
    device.client.start();
    get(device.client.published());
    return device;
  }

  private static UserDevice address(TestDevice device) {
    return device.client.device();
  }

  private static Ed25519PublicKey fingerprint(TestDevice device) throws Exception {
    return get(device.client.withMachine(m -> m.identityKeys().ed25519()));
  }

  private static SetupOutcome bootstrap(TestDevice device) throws Exception {
    return get(device.client.crossSigning().bootstrap(UserAuthentication.none()));
  }

  private static CrossSigningStatus status(TestDevice device) throws Exception {
    return get(device.client.crossSigning().status());
  }

  private static Optional<VerificationState> sees(TestDevice viewer, TestDevice device)
      throws Exception {
    return get(viewer.client.withMachine(m -> m.verificationOf(address(device))));
  }

  /** What a device thinks of its own user's identity. */
  private static Optional<IdentityState> identityState(TestDevice device) throws Exception {
    return get(device.client.withMachine(m -> m.identityState(m.device().userId())));
  }

  private static void awaitSees(TestDevice viewer, TestDevice device, VerificationState state) {
    await().untilAsserted(() -> assertThat(sees(viewer, device)).contains(state));
  }

  private static Outcome send(TestDevice from, String text, TestDevice to) throws Exception {
    return get(from.client.toDevice().send(TYPE, text(text), Set.of(to.address)))
        .values()
        .iterator()
        .next();
  }

  private static void verify(TestDevice by, TestDevice device) throws Exception {
    await().until(() -> get(by.client.withMachine(m -> m.find(address(device)))).isPresent());
    VerificationOutcome outcome =
        get(
            by.client
                .crossSigning()
                .verify(Verification.ofDevice(address(device), fingerprint(device))));
    assertThat(outcome).isInstanceOf(VerificationOutcome.Verified.class);
  }

  @Test
  void clientIdentityASecondDeviceIsSignedAndOthersSeeItAsCrossSigned() throws Exception {
    TestDevice phone = device("alice", true);
    TestDevice laptop = device("alice", false);
    TestDevice bob = device("bob", true);
    RoomsApi alices = phone.client.matrix().rooms();
    String room = get(alices.createRoom(Json.newObject())).orThrow(); // shared, so changes are told
    get(alices.invite(room, bob.session.userId())).orThrow();
    get(bob.client.matrix().rooms().join(room)).orThrow();
    assertThat(bootstrap(bob)).isInstanceOf(SetupOutcome.Done.class);
    SetupOutcome outcome = bootstrap(phone);
    assertThat(outcome).isInstanceOf(SetupOutcome.Done.class);
    assertThat(outcome.sentence()).contains("signed");
    assertThat(status(phone).isComplete()).isTrue();
    assertThat(status(phone).deviceSigned()).isTrue();

    assertThat(send(bob, "to the phone", phone)).isEqualTo(new Outcome.Sent());
    assertThat(sees(bob, phone)).contains(VerificationState.UNVERIFIED_IDENTITY);
    assertThat(sees(bob, laptop)).as("the control").contains(VerificationState.UNSIGNED_DEVICE);
    assertThat(send(bob, "to the laptop", laptop)).isNotEqualTo(new Outcome.Sent());

    verify(phone, laptop);
    awaitSees(bob, laptop, VerificationState.UNVERIFIED_IDENTITY);
    get(
        laptop.client.withMachine(
            m -> {
              m.trackUsers(Set.of(bob.session.userId()), Instant.now());
              return true;
            }));
    awaitSees(laptop, bob, VerificationState.UNVERIFIED_IDENTITY);
    assertThat(send(bob, "now", laptop)).isEqualTo(new Outcome.Sent());
    await().untilAsserted(() -> assertThat(laptop.received).containsExactly("now"));
    assertThat(bootstrap(laptop)).isEqualTo(new SetupOutcome.IdentityExists());
  }

  @Test
  void clientIdentityAUserWhoWasComparedIsSignedForOurOtherDevices() throws Exception {
    TestDevice phone = device("alice", true);
    TestDevice bob = device("bob", true);
    bootstrap(phone);
    bootstrap(bob);
    String bobId = bob.session.userId();
    send(phone, "hello", bob);
    Ed25519PublicKey master = status(bob).master().orElseThrow();
    assertThat(get(phone.client.crossSigning().verify(Verification.ofUser(bobId, master))))
        .isEqualTo(
            new VerificationOutcome.Verified(
                Set.of(
                    new SignatureTarget(
                        bobId, master.toBase64(), SignatureTarget.Kind.MASTER_KEY))));
    await().until(() -> status(phone).signaturesToUpload().isEmpty());
    assertThat(phone.events).noneMatch(ClientEvent.SignatureFailed.class::isInstance);
    IdentityReset cost = get(phone.client.crossSigning().previewReset());
    assertThat(cost.usersToSignAgain()).containsExactly(bobId);
    await().untilAsserted(() -> assertThat(sees(phone, bob)).contains(VerificationState.VERIFIED));
  }

  @Test
  void clientSecretsAVerifiedDeviceIsAskedForThemByItself() throws Exception {
    TestDevice phone = device("alice", true);
    bootstrap(phone);
    TestDevice laptop = device("alice", false);
    await().until(() -> get(laptop.client.withMachine(m -> m.find(address(phone)))).isPresent());
    assertThat(get(laptop.client.crossSigning().requestMissingSecrets()))
        .as("nobody is verified")
        .isEmpty();
    verify(phone, laptop);
    verify(laptop, phone);
    awaitSees(phone, laptop, VerificationState.VERIFIED);
    await().until(() -> status(laptop).isComplete()); // CLIENT-SECRETS: nobody had to ask
    await().until(() -> status(laptop).deviceSigned());
    assertThat(laptop.events)
        .contains(
            new ClientEvent.SecretNews(
                new SecretEvent.Received(address(phone), SecretName.MASTER)));
    assertThat(identityState(laptop)).contains(IdentityState.VERIFIED);
    int waiting = get(laptop.client.withMachine(m -> m.inbox().size()));
    assertThat(waiting).isZero();
  }

  @Test
  void clientChangesOfDevicesAndIdentitiesAreTold() throws Exception {
    TestDevice phone = device("alice", true);
    assertThat(changedDevices(phone)).doesNotContain("LAPTOP");
    TestDevice laptop = device("alice", false);
    await().until(() -> changedDevices(phone).contains(address(laptop).deviceId()));
    assertThat(
            phone.events.stream()
                .filter(ClientEvent.KeysChanged.class::isInstance)
                .anyMatch(e -> !((ClientEvent.KeysChanged) e).changes().identities().isEmpty()))
        .as("no identity yet")
        .isFalse();
    bootstrap(phone);
    await()
        .until(
            () ->
                laptop.events.stream()
                    .filter(ClientEvent.KeysChanged.class::isInstance)
                    .anyMatch(
                        e ->
                            ((ClientEvent.KeysChanged) e)
                                .changes()
                                .identities()
                                .containsKey(phone.session.userId())));
    assertThat(phone.events).noneMatch(ClientEvent.OneTimeKeysLost.class::isInstance);
  }

  private static List<String> changedDevices(TestDevice viewer) {
    return viewer.events.stream()
        .filter(ClientEvent.KeysChanged.class::isInstance)
        .flatMap(e -> ((ClientEvent.KeysChanged) e).changes().devices().keySet().stream())
        .map(UserDevice::deviceId)
        .toList();
  }

  @Test
  void clientUiaAResetNeedsThePassword() throws Exception {
    TestDevice phone = device("alice", true);
    bootstrap(phone);
    Ed25519PublicKey before = status(phone).master().orElseThrow();
    ClientCrossSigning crossSigning = phone.client.crossSigning();
    String user = phone.session.userId();

    assertThat(get(crossSigning.reset(UserAuthentication.none())))
        .isEqualTo(new SetupOutcome.NotAuthenticated(Optional.empty()));
    SetupOutcome wrong = get(crossSigning.reset(UserAuthentication.password(user, "wrong")));
    assertThat(wrong).isInstanceOf(SetupOutcome.NotAuthenticated.class);
    assertThat(((SetupOutcome.NotAuthenticated) wrong).error()).isPresent();
    assertThat(wrong.sentence()).contains("Invalid password").doesNotContain("wrong\"");
    assertThat(status(phone).master()).contains(before);
    assertThat(status(phone).isComplete()).isTrue();

    SetupOutcome done = get(crossSigning.reset(UserAuthentication.password(user, "pass-alice")));
    assertThat(done).isInstanceOf(SetupOutcome.Done.class);
    assertThat(((SetupOutcome.Done) done).lost().previous()).contains(before);
    assertThat(status(phone).master().orElseThrow()).isNotEqualTo(before);
    // A device list that was asked for before the signature went up may still come in.
    await().atMost(Duration.ofSeconds(30)).until(() -> status(phone).deviceSigned());
    assertThat(phone.events).noneMatch(ClientEvent.Alarm.class::isInstance);
  }

  @Test
  void clientUiaIsAskedAgainWhenTheAnswerWasWrongButNotForEver() throws Exception {
    TestDevice phone = device("alice", true);
    bootstrap(phone);
    String user = phone.session.userId();
    List<UserInteractiveAuth> challenges = new CopyOnWriteArrayList<>();
    assertThat(
            get(
                phone
                    .client
                    .crossSigning()
                    .reset(
                        challenge -> {
                          challenges.add(challenge);
                          return CompletableFuture.completedFuture(
                              Optional.of(challenge.password(user, "wrong")));
                        })))
        .isInstanceOf(SetupOutcome.NotAuthenticated.class);
    assertThat(challenges).hasSize(ClientCrossSigning.MAX_CHALLENGES);
    assertThat(challenges.get(0).error()).isEmpty();
    assertThat(challenges.get(1).error()).isPresent();
    assertThat(
            get(
                phone
                    .client
                    .crossSigning()
                    .reset(
                        challenge -> {
                          throw new IllegalStateException("the app's bug");
                        })))
        .isInstanceOf(SetupOutcome.NotAuthenticated.class);
    assertThat(
            get(
                phone
                    .client
                    .crossSigning()
                    .reset(
                        challenge ->
                            CompletableFuture.completedFuture(
                                Optional.of(
                                    challenge.password(
                                        user,
                                        challenge.error().isEmpty() ? "wrong" : "pass-alice"))))))
        .as("right at the second time")
        .isInstanceOf(SetupOutcome.Done.class);
  }

  @Test
  void clientIdentityAnotherDeviceThatResetsIsAnAlarm() throws Exception {
    TestDevice phone = device("alice", true);
    bootstrap(phone);
    TestDevice laptop = device("alice", false);
    String user = phone.session.userId();
    assertThat(
            get(
                laptop
                    .client
                    .crossSigning()
                    .reset(UserAuthentication.password(user, "pass-alice"))))
        .isInstanceOf(SetupOutcome.Done.class);
    await().until(() -> phone.events.stream().anyMatch(ClientEvent.Alarm.class::isInstance));
    assertThat(status(phone).held()).isEmpty();
    assertThat(identityState(phone)).contains(IdentityState.VERIFICATION_VIOLATION);
  }
}
