package io.matrixrtc.olm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What is closed is wiped, refuses every further call, and shows no secret at any time. */
class ClosedObjectsTest {
  private static void refuses(org.assertj.core.api.ThrowableAssert.ThrowingCallable... calls) {
    for (var call : calls) {
      assertThatExceptionOfType(IllegalStateException.class).isThrownBy(call);
    }
  }

  private static void assertWiped(List<byte[]> secrets) {
    assertThat(secrets).isNotEmpty().allSatisfy(bytes -> assertThat(bytes).containsOnly(0));
  }

  @Test
  void accounts() throws Exception {
    Account account = GoldenStates.account();
    List<Curve25519SecretKey> keys = new ArrayList<>(List.of(account.identityKey()));
    account.oneTimeKeys().all().values().forEach(entry -> keys.add(entry.key()));
    keys.add(Objects.requireNonNull(account.fallbackKeys().current()).key());
    keys.add(Objects.requireNonNull(account.fallbackKeys().previous()).key());
    Ed25519KeyPair signingKey = account.signingKey();
    Curve25519PublicKey other = Pair.identity(GoldenStates.account());
    assertThat(account.toString()).startsWith("Account[").contains(other.toBase64());
    account.close();
    refuses(
        () -> account.generateOneTimeKeys(1),
        account::generateFallbackKey,
        account::forgetFallbackKey,
        () -> account.createOutboundSession(SessionConfig.V1, other, other),
        () -> account.seal(GoldenStates.KEY, GoldenStates.salt()),
        () -> account.sign(new byte[1]),
        signingKey::copySeed);
    assertThat(keys).hasSize(6);
    keys.forEach(key -> refuses(key::copySecret));
    assertThat(account.storedOneTimeKeyCount()).isZero();
  }

  @Test
  void sessions() throws Exception {
    Session session = GoldenStates.session();
    List<byte[]> secrets = new ArrayList<>(List.of(session.root().raw()));
    SendingChain sending = Objects.requireNonNull(session.sending());
    secrets.add(sending.chain().raw());
    for (ReceivingChain chain : session.receiving().all()) {
      secrets.add(chain.chain().raw());
      chain.skipped().forEach(key -> secrets.add(key.raw()));
    }
    assertThat(secrets).hasSizeGreaterThan(7);
    assertThat(session).hasToString("Session[" + session.sessionId() + "]");
    Pair pair = Pair.connected(1);
    OlmMessage message = pair.alice.encrypt(new byte[1]);
    session.close();
    assertWiped(secrets);
    refuses(
        () -> session.encrypt(new byte[1]),
        () -> session.decrypt(message),
        () -> session.seal(GoldenStates.KEY, GoldenStates.salt()),
        () -> sending.ratchetKey().copySecret());
  }

  @Test
  void groupSessions() throws Exception {
    GroupSession session = GoldenStates.groupSession();
    SessionKey key = session.sessionKey();
    InboundGroupSession reader = InboundGroupSession.fromSessionKey(key, SessionConfig.V2);
    InboundGroupSession second = InboundGroupSession.fromSessionKey(key, SessionConfig.V2);
    ExportedSessionKey export = reader.exportAtFirstKnownIndex();
    MegolmMessage message = session.encrypt(new byte[1]);
    reader.decrypt(message);
    String id = session.sessionId();
    assertThat(session).hasToString("GroupSession[" + id + " at 2]");
    assertThat(reader).hasToString("InboundGroupSession[" + id + " from 1]");
    assertThat(key).hasToString("SessionKey[" + id + " from 1]");
    assertThat(export).hasToString("ExportedSessionKey[" + id + " from 1]");
    assertThat(message).hasToString("MegolmMessage[index 1, 16 bytes]");
    List<byte[]> secrets =
        List.of(
            session.ratchet().raw(),
            reader.first().raw(),
            key.block().ratchet().raw(),
            export.block().ratchet().raw());
    MessageSigner signer = session.signingKey();
    session.close();
    key.close();
    export.close();
    reader.close();
    assertWiped(secrets);
    refuses(
        () -> session.encrypt(new byte[1]),
        session::sessionKey,
        () -> session.seal(GoldenStates.KEY, GoldenStates.salt()),
        () -> signer.sign(new byte[1]),
        () -> reader.decrypt(message),
        () -> reader.exportAt(5),
        reader::exportAtFirstKnownIndex,
        () -> reader.isConnectedTo(second),
        () -> second.isConnectedTo(reader),
        () -> reader.seal(GoldenStates.KEY, GoldenStates.salt()));
    second.decrypt(message);
  }

  @Test
  void whatIsPassedOnTheWayIsWiped() throws Exception {
    Pair pair = Pair.talking(3);
    byte[] oldRoot = pair.bob.root().raw();
    SendingChain oldSending = Objects.requireNonNull(pair.bob.sending());
    byte[] oldChain = oldSending.chain().raw();
    pair.bob.decrypt(pair.alice.encrypt(new byte[1]));
    assertWiped(List.of(oldRoot, oldChain));
    refuses(() -> oldSending.ratchetKey().copySecret());
    byte[] before = pair.bob.root().raw();
    pair.bob.encrypt(new byte[1]);
    assertWiped(List.of(before));
    assertThat(pair.bob.root().raw()).isNotEqualTo(new byte[32]);
  }

  @Test
  void droppedFallbackKeysAreWiped() {
    Account account = GoldenStates.account();
    Curve25519SecretKey previous = Objects.requireNonNull(account.fallbackKeys().previous()).key();
    account.generateFallbackKey();
    refuses(previous::copySecret);
    Curve25519SecretKey next = Objects.requireNonNull(account.fallbackKeys().previous()).key();
    assertThat(next.copySecret()).hasSize(32);
    account.forgetFallbackKey();
    refuses(next::copySecret);
  }

  @Test
  void picklesAndKeysWipeWhatTheyHold() throws Exception {
    String pickle = Pickles.LIBOLM.all("sessions").get(0).path("pickle").textValue();
    byte[] content = Pickles.LIBOLM.content(pickle);
    new LibolmPickle(content).close();
    assertWiped(List.of(content));
    byte[] seed = GoldenStates.bytes(5, 32);
    Ed25519KeyPair.owned(seed).close();
    assertWiped(List.of(seed));
    byte[] scalar = GoldenStates.bytes(6, 32);
    Curve25519SecretKey.owned(scalar).close();
    assertWiped(List.of(scalar));
  }
}
