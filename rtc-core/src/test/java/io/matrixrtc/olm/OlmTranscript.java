package io.matrixrtc.olm;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import io.matrixrtc.encoding.Base64Text;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Plays one case of {@code olm.json}, step by step, and compares every byte and state. */
final class OlmTranscript {
  private record Party(Account account, ScriptedRandom random, List<JsonNode> fallbackKeys) {}

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Sent(int type, byte[] body) {}

  private final SessionConfig config;
  private final JsonNode steps;
  private final Map<String, Party> parties = new HashMap<>();
  private final Map<String, Session> sessions = new HashMap<>();
  private final Map<String, Sent> messages = new HashMap<>();

  OlmTranscript(JsonNode vector) throws Exception {
    this.config =
        switch (vector.get("session_config").intValue()) {
          case 1 -> SessionConfig.V1;
          case 2 -> SessionConfig.V2;
          default -> throw new AssertionError("unknown session_config");
        };
    this.steps = vector.get("steps");
    for (Map.Entry<String, JsonNode> party : vector.get("parties").properties()) {
      parties.put(party.getKey(), party(party.getValue()));
    }
  }

  private static Party party(JsonNode keys) {
    ScriptedRandom random = new ScriptedRandom();
    random.then(hex(keys, "ed25519_seed")).then(hex(keys, "curve25519_private"));
    Account account = Account.generate(random);
    assertThat(account.identityKeys().ed25519().toBase64())
        .isEqualTo(keys.get("ed25519_public").textValue());
    assertThat(account.identityKeys().curve25519().toBase64())
        .isEqualTo(keys.get("curve25519_public").textValue());
    for (JsonNode key : keys.get("one_time_keys")) {
      random.then(hex(key, "private"));
      assertThat(account.generateOneTimeKeys(1).created().get(0).toBase64())
          .isEqualTo(key.get("public").textValue());
    }
    List<JsonNode> fallbackKeys = new ArrayList<>();
    keys.get("fallback_keys").forEach(fallbackKeys::add);
    Party party = new Party(account, random, fallbackKeys);
    if (!fallbackKeys.isEmpty()) {
      nextFallbackKey(party);
    }
    random.assertUsedUp();
    return party;
  }

  private static String nextFallbackKey(Party party) {
    party.random().then(hex(party.fallbackKeys().remove(0), "private"));
    party.account().generateFallbackKey();
    return party.account().unpublishedFallbackKey().values().iterator().next().toBase64();
  }

  void play() throws Exception {
    for (int i = 0; i < steps.size(); i++) {
      JsonNode step = steps.get(i);
      switch (step.get("op").textValue()) {
        case "outbound" -> outbound(step, i);
        case "inbound" -> inbound(step);
        case "encrypt" -> encrypt(step);
        case "encrypt_discard" -> encryptAndDiscard(step);
        case "decrypt" -> decrypt(step);
        case "rotate_fallback" ->
            assertThat(nextFallbackKey(party(step, "party")))
                .isEqualTo(step.get("public").textValue());
        default -> fail("unknown step %s", step.get("op"));
      }
    }
  }

  private void outbound(JsonNode step, int index) throws Exception {
    Party party = party(step, "party");
    Curve25519PublicKey identity = key(step, "peer_identity_key");
    Curve25519PublicKey oneTimeKey = key(step, "peer_one_time_key");
    JsonNode expect = step.get("expect");
    if (isError(expect)) {
      party.random().then(new byte[32]).then(new byte[32]);
      String before = States.of(party.account());
      OlmException error =
          catchThrowableOfType(
              OlmException.class,
              () -> party.account().createOutboundSession(config, identity, oneTimeKey));
      Verdicts.assertMatches(expect, error);
      assertThat(States.of(party.account())).isEqualTo(before);
      party.random().clear();
      return;
    }
    Session session;
    if (step.get("base_key_private").isNull()) {
      session = outboundFromRoot(step, index, party, oneTimeKey);
    } else {
      party.random().then(hex(step, "base_key_private")).then(hex(step, "ratchet_private"));
      session = party.account().createOutboundSession(config, identity, oneTimeKey);
      party.random().assertUsedUp();
    }
    sessions.put(name(step), session);
    assertThat(session.sessionId()).isEqualTo(expect.get("session_id").textValue());
    assertThat(States.root(session)).isEqualTo(expect.get("root_key").textValue());
    assertThat(States.sending(session))
        .isEqualTo(
            step.get("ratchet_private").textValue()
                + ":"
                + expect.get("chain_key").textValue()
                + ":0");
    assertThat(session.hasReceivedMessage()).isFalse();
  }

  /** The producer hides the base key: take its public half from the first message that shows it. */
  private Session outboundFromRoot(
      JsonNode step, int index, Party party, Curve25519PublicKey oneTimeKey) throws Exception {
    for (int i = index + 1; i < steps.size(); i++) {
      JsonNode later = steps.get(i);
      if (later.get("op").textValue().equals("encrypt") && name(later).equals(name(step))) {
        byte[] body = Base64Text.decode(later.get("expect").get("body").textValue());
        Curve25519PublicKey baseKey = PreKeyMessage.decode(body).baseKey();
        JsonNode expect = step.get("expect");
        return Session.outbound(
            config,
            new SessionKeys(party.account().identityKeys().curve25519(), baseKey, oneTimeKey),
            new RootKey.Step(
                new RootKey(hex(expect, "root_key")), new ChainKey(hex(expect, "chain_key"), 0)),
            Curve25519SecretKey.copyOf(hex(step, "ratchet_private")),
            party.random());
      }
    }
    return fail("no message shows the base key of %s", name(step));
  }

  private void encrypt(JsonNode step) throws Exception {
    Session session = session(step);
    Party party = party(step, "party");
    JsonNode expect = step.get("expect");
    byte[] plaintext = hex(step, "plaintext");
    if (isError(expect)) {
      party.random().then(new byte[32]);
      String before = States.of(session);
      OlmException error =
          catchThrowableOfType(OlmException.class, () -> session.encrypt(plaintext));
      Verdicts.assertMatches(expect, error);
      assertThat(States.of(session)).isEqualTo(before);
      party.random().clear();
      return;
    }
    injectRatchetKey(step, party);
    OlmMessage message = session.encrypt(plaintext);
    party.random().assertUsedUp();
    assertThat(message.type()).isEqualTo(expect.get("type").intValue());
    assertThat(Base64Text.encode(message.encode())).isEqualTo(expect.get("body").textValue());
    messages.put(step.get("message").textValue(), new Sent(message.type(), message.encode()));
    assertState(expect, session);
  }

  private void encryptAndDiscard(JsonNode step) throws Exception {
    injectRatchetKey(step, party(step, "party"));
    for (int i = 0; i < step.get("count").intValue(); i++) {
      session(step).encrypt(hex(step, "plaintext"));
    }
    party(step, "party").random().assertUsedUp();
  }

  private static void injectRatchetKey(JsonNode step, Party party) {
    if (step.hasNonNull("new_ratchet_private")) {
      party.random().then(hex(step, "new_ratchet_private"));
    }
  }

  private void inbound(JsonNode step) throws Exception {
    Account account = party(step, "party").account();
    Sent sent = sent(step);
    Curve25519PublicKey sender = key(step, "sender_identity_key");
    JsonNode expect = step.get("expect");
    if (isError(expect)) {
      String before = States.of(account);
      OlmException error =
          catchThrowableOfType(
              OlmException.class, () -> account.createInboundSession(config, sender, preKey(sent)));
      Verdicts.assertMatches(expect, error);
      assertThat(States.of(account)).isEqualTo(before);
      return;
    }
    int keysBefore = account.storedOneTimeKeyCount();
    PreKeyMessage message = preKey(sent);
    boolean oneTime = account.oneTimeKeys().find(message.oneTimeKey()) != null;
    InboundCreation created = account.createInboundSession(config, sender, message);
    assertThat(account.storedOneTimeKeyCount()).isEqualTo(keysBefore - (oneTime ? 1 : 0));
    assertThat(created.plaintext()).isEqualTo(hex(expect, "plaintext"));
    if (expect.has("session_id")) {
      assertThat(created.session().sessionId()).isEqualTo(expect.get("session_id").textValue());
    }
    assertThat(created.session().hasReceivedMessage()).isTrue();
    sessions.put(name(step), created.session());
    assertState(expect, created.session());
  }

  private static PreKeyMessage preKey(Sent sent) throws OlmException {
    return (PreKeyMessage) OlmMessage.decode(sent.type(), sent.body());
  }

  private void decrypt(JsonNode step) throws Exception {
    Session session = session(step);
    Sent sent = sent(step);
    JsonNode expect = step.get("expect");
    if (isError(expect)) {
      String before = States.of(session);
      OlmException error =
          catchThrowableOfType(
              OlmException.class,
              () -> session.decrypt(OlmMessage.decode(sent.type(), sent.body())));
      Verdicts.assertMatches(expect, error);
      assertThat(States.of(session)).isEqualTo(before);
      return;
    }
    OlmMessage message = OlmMessage.decode(sent.type(), sent.body());
    assertThat(session.decrypt(message)).isEqualTo(hex(expect, "plaintext"));
    assertState(expect, session);
  }

  private static void assertState(JsonNode expect, Session session) {
    JsonNode state = expect.get("state");
    if (state == null) {
      return;
    }
    assertThat(States.root(session)).isEqualTo(state.get("root_key").textValue());
    JsonNode send = state.get("send");
    assertThat(States.sending(session))
        .isEqualTo(send.isNull() ? "none" : joined(send, "ratchet_private", "chain_key"));
    List<String> receive = new ArrayList<>();
    state.get("receive").forEach(it -> receive.add(joined(it, "ratchet_public", "chain_key")));
    assertThat(States.receiving(session)).containsExactlyInAnyOrderElementsOf(receive);
    Set<String> skipped = new TreeSet<>();
    state.get("skipped").forEach(it -> skipped.add(joined(it, "ratchet_public", "message_key")));
    assertThat(States.skipped(session)).isEqualTo(skipped);
  }

  private static String joined(JsonNode node, String first, String second) {
    return node.get(first).textValue()
        + ":"
        + node.get(second).textValue()
        + ":"
        + node.get("index").longValue();
  }

  private Sent sent(JsonNode step) throws Exception {
    return step.has("body")
        ? new Sent(step.get("type").intValue(), Base64Text.decode(step.get("body").textValue()))
        : requireNonNull(messages.get(step.get("message").textValue()), "message");
  }

  private Party party(JsonNode step, String member) {
    return requireNonNull(parties.get(step.get(member).textValue()), "party");
  }

  private Session session(JsonNode step) {
    return requireNonNull(sessions.get(name(step)), "session");
  }

  private static String name(JsonNode step) {
    return step.get("party").textValue() + "/" + step.get("session").textValue();
  }

  private static boolean isError(JsonNode expect) {
    return "error".equals(expect.path("result").textValue());
  }

  private static Curve25519PublicKey key(JsonNode step, String member) throws KeyFormatException {
    return Curve25519PublicKey.fromBase64(step.get(member).textValue());
  }

  private static byte[] hex(JsonNode node, String member) {
    return HexFormat.of().parseHex(node.get(member).textValue());
  }
}
