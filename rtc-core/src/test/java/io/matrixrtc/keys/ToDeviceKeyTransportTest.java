package io.matrixrtc.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.cases.Cases;
import io.matrixrtc.keys.SenderEvidence.Trust;
import io.matrixrtc.keys.ToDeviceChannel.Outcome;
import io.matrixrtc.media.KeyIndex;
import io.matrixrtc.media.MediaKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class ToDeviceKeyTransportTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ROOM = "!abc:example.org";
  private static final DeviceAddress ALICE = new DeviceAddress("@alice:example.org", "ABCDEFGHIJ");
  private static final DeviceAddress BOB = new DeviceAddress("@bob:example.org", "BOBDEVICE");
  private static final String KEY = "AAECAwQFBgcICQoLDA0ODw==";

  private final VirtualTime time = new VirtualTime();
  private final ToDeviceNetwork network = new ToDeviceNetwork(time);
  private final List<ReceivedKey> keys = new ArrayList<>();
  private final List<KeyRefusal> refusals = new ArrayList<>();

  private final KeyTransport.Sink sink =
      new KeyTransport.Sink() {
        @Override
        public void onKey(ReceivedKey key) {
          keys.add(key);
        }

        @Override
        public void onRefused(KeyRefusal refusal) {
          refusals.add(refusal);
        }
      };

  private ToDeviceKeyTransport transport(
      DeviceAddress own, TrustRequirement required, boolean host) {
    return new ToDeviceKeyTransport(
        new CallContext(ROOM, "m.call#ROOM", own),
        new ToDeviceKeyTransport.Settings("0b6a1f0e", required, host),
        network.channel(own),
        time);
  }

  private void listen(TrustRequirement required, boolean host) {
    transport(BOB, required, host).subscribe(sink);
  }

  private static ObjectNode content(String json) throws Exception {
    return (ObjectNode) JSON.readTree(json.replace('\'', '"'));
  }

  private static ObjectNode good() throws Exception {
    return content(
        "{'keys':{'index':0,'key':'"
            + KEY
            + "'},'member':{'id':'0b6a1f0e','claimed_device_id':'ABCDEFGHIJ'},"
            + "'room_id':'!abc:example.org','session':{'application':'m.call','call_id':'',"
            + "'scope':'m.room'},'sent_ts':1770000000000}");
  }

  private void deliver(ObjectNode content) {
    network.deliver(new SenderEvidence.OlmDevice(ALICE, Trust.CROSS_SIGNED), BOB, content);
  }

  @Test
  void td1KtFormSendsExactlyTheDeployedContent() throws Exception {
    byte[] material = new byte[16];
    for (int i = 0; i < 16; i++) {
      material[i] = (byte) i;
    }
    CallMember bob = new CallMember(BOB, "x", Instant.EPOCH, "y");
    Map<CallMember, Delivery> outcome =
        transport(ALICE, TrustRequirement.CROSS_SIGNED, false)
            .send(MediaKey.copyOf(material), KeyIndex.ZERO, Set.of(bob))
            .toCompletableFuture()
            .getNow(Map.of());
    assertThat(outcome).containsExactly(Map.entry(bob, new Delivery.Served()));
    assertThat(network.sent).hasSize(1);
    assertThat(network.sent.get(0).type()).isEqualTo("io.element.call.encryption_keys");
    assertThat(network.sent.get(0).content().toString()).isEqualTo(good().toString());
  }

  @Test
  void td2AReceivedKeyIsHandedOnWithAllItsParts() throws Exception {
    listen(TrustRequirement.CROSS_SIGNED, false);
    deliver(good());
    assertThat(refusals).isEmpty();
    ReceivedKey key = keys.get(0);
    assertThat(key.from()).isEqualTo(ALICE);
    assertThat(key.memberId()).isEqualTo("0b6a1f0e");
    assertThat(key.index()).isEqualTo(KeyIndex.ZERO);
    assertThat(key.sentAt()).contains(Instant.ofEpochMilli(1770000000000L));
    assertThat(key.key().copyMaterial()).startsWith(0, 1, 2, 3).hasSize(16);
  }

  @Test
  void td3KtSelfNeverSendsToTheOwnDeviceAndOnceToADeviceWithTwoMemberships() {
    ToDeviceKeyTransport alice = transport(ALICE, TrustRequirement.CROSS_SIGNED, false);
    MediaKey key = MediaKey.copyOf(new byte[16]);
    CallMember self = new CallMember(ALICE, "x", Instant.EPOCH, "y");
    CallMember one = new CallMember(BOB, "1", Instant.EPOCH, "1");
    CallMember two = new CallMember(BOB, "2", Instant.EPOCH, "2");
    assertThat(alice.send(key, KeyIndex.ZERO, Set.of(self)).toCompletableFuture().join())
        .containsOnlyKeys(self);
    assertThat(network.sent).isEmpty();
    assertThat(alice.send(key, KeyIndex.ZERO, Set.of(self, one, two)).toCompletableFuture().join())
        .containsEntry(one, new Delivery.Served())
        .containsEntry(two, new Delivery.Served());
    assertThat(network.sent).hasSize(1);
  }

  @TestFactory
  List<DynamicTest> ktTolerantVariationsThatAreRead() throws Exception {
    Map<String, Consumer<ObjectNode>> forms = new LinkedHashMap<>();
    forms.put("as sent today", c -> {});
    forms.put(
        "roomId",
        c -> {
          c.remove("room_id");
          c.put("roomId", ROOM);
        });
    forms.put("keys as an array of one", c -> c.putArray("keys").add(keys(0, KEY)));
    forms.put("no member id", c -> ((ObjectNode) c.get("member")).remove("id"));
    forms.put("member id of another type", c -> ((ObjectNode) c.get("member")).put("id", 5));
    forms.put("no sent_ts", c -> c.remove("sent_ts"));
    forms.put("sent_ts of another type", c -> c.put("sent_ts", "today"));
    forms.put("no session", c -> c.remove("session"));
    forms.put("another session", c -> c.putObject("session").put("application", "m.other"));
    forms.put("unknown fields", c -> c.putObject("x").put("y", 1));
    forms.put("unpadded", c -> c.set("keys", keys(0, KEY.replace("=", ""))));
    List<DynamicTest> tests = new ArrayList<>();
    forms.forEach(
        (name, change) ->
            tests.add(
                DynamicTest.dynamicTest(
                    name,
                    () -> {
                      ToDeviceKeyTransportTest fresh = new ToDeviceKeyTransportTest();
                      fresh.listen(TrustRequirement.CROSS_SIGNED, false);
                      ObjectNode content = good();
                      change.accept(content);
                      fresh.deliver(content);
                      assertThat(fresh.refusals).isEmpty();
                      assertThat(fresh.keys).hasSize(1);
                      assertThat(fresh.keys.get(0).key().sameMaterial(sixteen())).isTrue();
                    })));
    return tests;
  }

  @Test
  void ktBase64UrlSafeTextIsReadLikeStandardText() throws Exception {
    listen(TrustRequirement.CROSS_SIGNED, false);
    byte[] material = new byte[16];
    java.util.Arrays.fill(material, (byte) 0xFB);
    String url = Base64.getUrlEncoder().encodeToString(material);
    assertThat(url).containsAnyOf("-", "_");
    for (String text :
        List.of(url, url.replace("=", ""), Base64.getEncoder().encodeToString(material))) {
      ObjectNode content = good();
      content.set("keys", keys(1, text));
      deliver(content);
    }
    assertThat(refusals).isEmpty();
    assertThat(keys).hasSize(3).allMatch(k -> k.key().sameMaterial(MediaKey.copyOf(material)));
  }

  @Test
  void ktDefaultTheMemberIdDefaultsToUserAndDevice() throws Exception {
    listen(TrustRequirement.CROSS_SIGNED, false);
    ObjectNode content = good();
    ((ObjectNode) content.get("member")).remove("id");
    deliver(content);
    assertThat(keys.get(0).memberId()).isEqualTo("@alice:example.org:ABCDEFGHIJ");
  }

  @TestFactory
  List<DynamicTest> td5KtMalformedContentIsRefusedByField() {
    Map<String, Consumer<ObjectNode>> forms = new LinkedHashMap<>();
    forms.put("keys", c -> c.putArray("keys"));
    forms.put("keys ", c -> c.putArray("keys").add(keys(0, KEY)).add(keys(1, KEY)));
    forms.put("keys  ", c -> c.put("keys", "x"));
    forms.put("keys.key", c -> c.putObject("keys").put("index", 0));
    forms.put("keys.key ", c -> c.set("keys", keys(0, "")));
    forms.put("keys.key  ", c -> c.set("keys", keys(0, "not base64!")));
    forms.put("keys.index", c -> c.putObject("keys").put("key", KEY));
    forms.put("member.claimed_device_id", c -> c.remove("member"));
    forms.put("member.claimed_device_id ", c -> c.putObject("member").put("id", "x"));
    forms.put("room_id", c -> c.remove("room_id"));
    forms.put("room_id ", c -> c.put("room_id", 7));
    List<DynamicTest> tests = new ArrayList<>();
    forms.forEach(
        (name, change) ->
            tests.add(
                DynamicTest.dynamicTest(
                    name,
                    () -> {
                      KeyRefusal refusal = refusalOf(change);
                      assertThat(refusal)
                          .isInstanceOfSatisfying(
                              KeyRefusal.Malformed.class,
                              bad -> assertThat(bad.field()).isEqualTo(name.trim()));
                      assertThat(refusal.from().device()).contains(ALICE);
                    })));
    return tests;
  }

  @Test
  void td4KtRoomAKeyForAnotherRoomIsRefused() throws Exception {
    assertThat(refusalOf(c -> c.put("room_id", "!other:example.org")))
        .isInstanceOf(KeyRefusal.WrongRoom.class);
  }

  @Test
  void ktIndexOnlyIntegersFrom0To255AreTaken_ours() throws Exception {
    for (String bad : List.of("-1", "256", "1.5", "9999.5", "1e400", "4294967296", "'0'", "null")) {
      assertThat(refusalOf(c -> c.set("keys", index(bad))))
          .as(bad)
          .isInstanceOf(KeyRefusal.BadIndex.class);
    }
    listen(TrustRequirement.CROSS_SIGNED, false);
    for (String edge : List.of("0", "255", "3.0")) {
      ObjectNode content = good();
      content.set("keys", index(edge));
      deliver(content);
    }
    assertThat(refusals).isEmpty();
    assertThat(keys).extracting(key -> key.index().value()).containsExactly(0, 255, 3);
  }

  @Test
  void ktLengthOnlyKeysOf16To64BytesAreTaken_ours() throws Exception {
    for (int length : new int[] {1, 15, 65, 66, 67, 1_000_000}) {
      String text = Base64.getEncoder().encodeToString(new byte[length]);
      assertThat(refusalOf(c -> c.set("keys", keys(0, text))))
          .as("%d bytes", length)
          .isInstanceOf(KeyRefusal.BadLength.class);
    }
    listen(TrustRequirement.CROSS_SIGNED, false);
    for (int length : new int[] {16, 17, 32, 63, 64}) {
      ObjectNode content = good();
      content.set("keys", keys(0, Base64.getEncoder().encodeToString(new byte[length])));
      deliver(content);
    }
    assertThat(refusals).isEmpty();
    assertThat(keys).extracting(k -> k.key().lengthBytes()).containsExactly(16, 17, 32, 63, 64);
  }

  @Test
  void ktClaimADeviceThatClaimsToBeAnotherIsRefused_ours() throws Exception {
    KeyRefusal refusal =
        refusalOf(c -> ((ObjectNode) c.get("member")).put("claimed_device_id", "CAROLDEV"));
    assertThat(refusal)
        .isEqualTo(
            new KeyRefusal.ClaimedAnotherDevice(
                new KeyRefusal.Origin(ALICE.userId(), Optional.of(ALICE)), "CAROLDEV"));
  }

  @Test
  void ktCleartextIsRefused_ours() throws Exception {
    listen(TrustRequirement.ALL, true);
    network.deliverCleartext(ALICE.userId(), BOB, good());
    assertThat(keys).isEmpty();
    assertThat(refusals)
        .containsExactly(
            new KeyRefusal.Cleartext(new KeyRefusal.Origin(ALICE.userId(), Optional.empty())));
    deliver(good());
    assertThat(keys).hasSize(1);
  }

  @Test
  void ktTrustEachRequirementAdmitsItsLevelAndAbove_ours() throws Exception {
    for (TrustRequirement required : TrustRequirement.values()) {
      for (Trust trust : Trust.values()) {
        ToDeviceKeyTransportTest fresh = new ToDeviceKeyTransportTest();
        fresh.listen(required, false);
        fresh.network.deliver(new SenderEvidence.OlmDevice(ALICE, trust), BOB, good());
        boolean taken = trust.ordinal() >= required.ordinal();
        assertThat(fresh.keys).as("%s for %s", trust, required).hasSize(taken ? 1 : 0);
        assertThat(fresh.refusals)
            .hasSize(taken ? 0 : 1)
            .allMatch(KeyRefusal.Untrusted.class::isInstance);
      }
    }
    assertThat(ToDeviceKeyTransport.Settings.defaults("x").required())
        .isEqualTo(TrustRequirement.CROSS_SIGNED);
  }

  @Test
  void ktTrustRequirementsAreFoundByName() {
    for (TrustRequirement requirement : TrustRequirement.values()) {
      assertThat(TrustRequirement.named(requirement.label())).isEqualTo(requirement);
    }
    assertThatThrownBy(() -> TrustRequirement.named("ALL"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void ktHostAttestationCountsOnlyWhereItIsSwitchedOn_ours() throws Exception {
    listen(TrustRequirement.CROSS_SIGNED, false);
    network.deliver(new SenderEvidence.HostAttested(ALICE.userId()), BOB, good());
    assertThat(keys).isEmpty();
    assertThat(refusals).hasOnlyElementsOfType(KeyRefusal.HostAttestationOff.class).hasSize(1);

    ToDeviceKeyTransportTest on = new ToDeviceKeyTransportTest();
    on.listen(TrustRequirement.CROSS_SIGNED, true);
    on.network.deliver(new SenderEvidence.HostAttested(ALICE.userId()), BOB, good());
    assertThat(on.keys).extracting(ReceivedKey::from).containsExactly(ALICE);
    assertThat(on.keys.get(0).evidence()).isInstanceOf(SenderEvidence.HostAttested.class);
  }

  @Test
  void ktSelfAKeyFromThisVeryDeviceIsRefused_ours() throws Exception {
    transport(ALICE, TrustRequirement.CROSS_SIGNED, false).subscribe(sink);
    network.deliver(new SenderEvidence.OlmDevice(ALICE, Trust.VERIFIED), ALICE, good());
    assertThat(keys).isEmpty();
    assertThat(refusals).hasOnlyElementsOfType(KeyRefusal.OwnDevice.class).hasSize(1);
  }

  @Test
  void ktOutcomeEachOutcomeOfTheChannelBecomesADelivery() {
    Map<Outcome, Delivery.Reason> reasons =
        Map.of(
            new Outcome.UnknownDevice(), Delivery.Reason.UNKNOWN_DEVICE,
            new Outcome.NoOneTimeKeys(), Delivery.Reason.NO_ONE_TIME_KEYS,
            new Outcome.Refused("blocked"), Delivery.Reason.REFUSED,
            new Outcome.Unsupported("no such action"), Delivery.Reason.UNSUPPORTED,
            new Outcome.Failed("offline"), Delivery.Reason.NOT_SENT);
    assertThat(Outcome.class.getPermittedSubclasses()).hasSize(reasons.size() + 1);
    CallMember bob = new CallMember(BOB, "x", Instant.EPOCH, "y");
    ToDeviceKeyTransport alice = transport(ALICE, TrustRequirement.ALL, false);
    reasons.forEach(
        (outcome, reason) -> {
          network.outcome = (from, to) -> outcome;
          assertThat(
                  alice
                      .send(sixteen(), KeyIndex.ZERO, Set.of(bob))
                      .toCompletableFuture()
                      .join()
                      .get(bob))
              .isInstanceOfSatisfying(
                  Delivery.Failed.class, failed -> assertThat(failed.reason()).isEqualTo(reason));
        });
  }

  private static ObjectNode draft() throws Exception {
    return content(
        "{'room_id':'!abc:example.org','member_id':'XZ9f2Qk0','format':'m.base64','media_key':"
            + "{'index':255,'key':'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8'}}");
  }

  private void deliverDraft(ObjectNode content) {
    network.deliver(
        new SenderEvidence.OlmDevice(ALICE, Trust.CROSS_SIGNED),
        BOB,
        DraftKeyContent.TYPE,
        content);
  }

  @Test
  void ktDraftIsWrittenByASwitchAndReadAlways() throws Exception {
    ToDeviceKeyTransport alice =
        new ToDeviceKeyTransport(
            new CallContext(ROOM, "m.call#ROOM", ALICE),
            ToDeviceKeyTransport.Settings.defaults("XZ9f2Qk0").writing(KeyFormat.named("msc4143")),
            network.channel(ALICE),
            time);
    listen(TrustRequirement.CROSS_SIGNED, false);
    byte[] material = new byte[KeyFormat.MSC4143_DRAFT.leastKeyBytes()];
    for (int i = 0; i < material.length; i++) {
      material[i] = (byte) i;
    }
    try (MediaKey key = MediaKey.copyOf(material)) {
      alice.send(key, new KeyIndex(255), Set.of(new CallMember(BOB, "x", Instant.EPOCH, "y")));
    }
    ObjectNode expected = draft();
    expected.remove("format");
    assertThat(network.sent)
        .singleElement()
        .satisfies(
            sent -> {
              assertThat(sent.type()).isEqualTo("org.matrix.msc4143.rtc.encryption_key");
              assertThat(sent.content()).isEqualTo(expected);
            });
    deliverDraft(draft()); // an earlier draft, with a format
    network.deliver(new SenderEvidence.OlmDevice(ALICE, Trust.CROSS_SIGNED), BOB, good());
    assertThat(refusals).isEmpty();
    assertThat(keys).extracting(key -> key.index().value()).containsExactly(255, 255, 0);
    assertThat(keys).extracting(ReceivedKey::memberId).startsWith("XZ9f2Qk0", "XZ9f2Qk0");
    assertThat(keys).extracting(ReceivedKey::from).containsOnly(ALICE);
    assertThat(keys.get(1).key().copyMaterial()).isEqualTo(material);
  }

  @Test
  void ktDraftMalformedContentIsRefused() throws Exception {
    listen(TrustRequirement.CROSS_SIGNED, false);
    List<Consumer<ObjectNode>> damages =
        List.of(
            ObjectNode::removeAll,
            content -> content.remove("room_id"),
            content -> content.put("room_id", "!other:example.org"),
            content -> content.remove("member_id"),
            content -> content.remove("media_key"),
            content -> content.withObjectProperty("media_key").put("index", "0"),
            content -> content.withObjectProperty("media_key").put("index", 256),
            content -> content.withObjectProperty("media_key").put("key", ""),
            content -> content.withObjectProperty("media_key").put("key", "AAEC"),
            content -> content.withObjectProperty("media_key").put("key", "!"));
    for (Consumer<ObjectNode> damage : damages) {
      ObjectNode content = draft();
      damage.accept(content);
      deliverDraft(content);
    }
    assertThat(keys).isEmpty();
    assertThat(refusals).hasSize(damages.size());
    deliverDraft(draft());
    assertThat(keys).as("control").hasSize(1);
    network.deliver(
        new SenderEvidence.HostAttested(ALICE.userId()), BOB, DraftKeyContent.TYPE, draft());
    assertThat(keys).as("a host's word names no device").hasSize(1);
    assertThatThrownBy(() -> KeyFormat.named("other")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void ktCloseEndsSubscriptionsAndSending() throws Exception {
    ToDeviceKeyTransport bob = transport(BOB, TrustRequirement.CROSS_SIGNED, false);
    bob.subscribe(sink);
    KeyTransport.Subscription second = bob.subscribe(sink);
    assertThat(network.listeners(BOB)).isEqualTo(2);
    second.close();
    assertThat(network.listeners(BOB)).isEqualTo(1);
    bob.close();
    assertThat(network.listeners(BOB)).isZero();
    assertThat(bob.send(sixteen(), KeyIndex.ZERO, Set.of()).toCompletableFuture())
        .isCompletedExceptionally();
  }

  @Test
  void ktGarbageAnyContentIsAKeyOrARefusalAndNoRefusalShowsTheKey() {
    Cases.run(
        "key event garbage",
        500,
        20_000,
        (seed, random) -> {
          ToDeviceKeyTransportTest fresh = new ToDeviceKeyTransportTest();
          fresh.listen(TrustRequirement.CROSS_SIGNED, true);
          ObjectNode content = good();
          int changes = 1 + random.nextInt(3);
          for (int i = 0; i < changes; i++) {
            mutate(content, random);
          }
          fresh.deliver(content);
          assertThat(fresh.keys.size() + fresh.refusals.size()).isEqualTo(1);
          assertThat(fresh.refusals.toString()).doesNotContain("AAECAwQFBgc");
        });
  }

  @Test
  void ktQuotedTextFromOutsideIsCutAndHasNoControlCharacters() throws Exception {
    KeyRefusal refusal = refusalOf(c -> c.put("room_id", "a\nb\u202E" + "x".repeat(100)));
    assertThat(((KeyRefusal.WrongRoom) refusal).roomId())
        .hasSize(Quoted.MAX_CHARS)
        .startsWith("a?b?xxx");
  }

  private static void mutate(ObjectNode content, java.util.SplittableRandom random) {
    List<ObjectNode> objects = new ArrayList<>(List.of(content));
    content.forEach(
        child -> {
          if (child instanceof ObjectNode object) {
            objects.add(object);
          }
        });
    ObjectNode target = objects.get(random.nextInt(objects.size()));
    List<String> names = new ArrayList<>();
    target.fieldNames().forEachRemaining(names::add);
    if (names.isEmpty()) {
      target.put("x", 1);
      return;
    }
    String name = names.get(random.nextInt(names.size()));
    switch (random.nextInt(8)) {
      case 0 -> target.remove(name);
      case 1 -> target.putNull(name);
      case 2 -> target.put(name, random.nextLong());
      case 3 -> target.put(name, random.nextDouble() * 300);
      case 4 ->
          target.put(
              name,
              new String(Cases.bytes(random, 40), java.nio.charset.StandardCharsets.ISO_8859_1));
      case 5 -> target.putArray(name).add(1);
      case 6 -> target.putObject(name);
      default -> target.put(name, random.nextBoolean());
    }
  }

  private KeyRefusal refusalOf(Consumer<ObjectNode> change) throws Exception {
    ToDeviceKeyTransportTest fresh = new ToDeviceKeyTransportTest();
    fresh.listen(TrustRequirement.CROSS_SIGNED, false);
    ObjectNode content = good();
    change.accept(content);
    fresh.deliver(content);
    assertThat(fresh.keys).isEmpty();
    assertThat(fresh.refusals).hasSize(1);
    return fresh.refusals.get(0);
  }

  private static ObjectNode keys(int index, String key) {
    return JSON.createObjectNode().put("index", index).put("key", key);
  }

  private static ObjectNode index(String json) {
    try {
      return content("{'index':" + json + ",'key':'" + KEY + "'}");
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static MediaKey sixteen() {
    return MediaKey.copyOf(Base64.getDecoder().decode(KEY));
  }
}
