package io.matrixrtc.e2ee;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.olm.InboundCreation;
import io.matrixrtc.olm.NormalMessage;
import io.matrixrtc.olm.OlmException;
import io.matrixrtc.olm.OlmMessage;
import io.matrixrtc.olm.PreKeyMessage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns a to-device event of a sync into its result: reads the envelope, decrypts, has the payload
 * checked. Whatever the checks say, a message key that was used is gone, and that is stored.
 */
final class ToDeviceDecryptor {
  private static final Logger LOG = LoggerFactory.getLogger(ToDeviceDecryptor.class);

  private final OwnDevice own;
  private final OlmSessions sessions;
  private final StrangerSessions strangers;
  private final MessageHashes hashes;
  private final PayloadChecks checks;
  private final Unwedging unwedging;
  private final RoomKeyEvents roomKeyEvents;
  private final SecretMail secrets = new SecretMail();
  private final HeldEvents held = new HeldEvents();
  private final Inbox inbox;
  private final UnitOfWork work;
  private final ReadKeys readKeys = new ReadKeys();

  ToDeviceDecryptor(
      OwnDevice own,
      OlmSessions sessions,
      StrangerSessions strangers,
      MessageHashes hashes,
      PayloadChecks checks,
      Unwedging unwedging,
      RoomKeyEvents roomKeyEvents,
      Inbox inbox,
      UnitOfWork work) {
    this.own = own;
    this.sessions = sessions;
    this.strangers = strangers;
    this.hashes = hashes;
    this.checks = checks;
    this.unwedging = unwedging;
    this.roomKeyEvents = roomKeyEvents;
    this.inbox = inbox;
    this.work = work;
  }

  /** Where events about secrets go. */
  SecretMail secrets() {
    return secrets;
  }

  /** Returns the event's result; none if it is from a dehydrated device. */
  Optional<ToDeviceResult> receive(JsonNode received, Instant now) throws CryptoStoreException {
    if (!(received instanceof ObjectNode event)
        || !event.path("type").isTextual()
        || !event.path("sender").isTextual()
        || !(event.get("content") instanceof ObjectNode content)) {
      return Optional.of(new ToDeviceResult.Invalid(received));
    }
    if (!event.path("type").textValue().equals(OlmEnvelope.EVENT_TYPE)) {
      return Optional.of(inTheClear(event, content));
    }
    if (!content.path("algorithm").isTextual()) {
      return Optional.of(new ToDeviceResult.Invalid(received)); // TD-1
    }
    if (!OlmEnvelope.isOlm(content)) {
      return refuse(event, UndecryptableReason.UNSUPPORTED_ALGORITHM); // TD-2
    }
    OlmEnvelope envelope;
    try {
      envelope = OlmEnvelope.parse(content, own.identityKeys().curve25519());
    } catch (OlmEnvelope.Malformed e) {
      return Optional.of(new ToDeviceResult.Invalid(received)); // TD-1
    }
    if (envelope.message().isEmpty()) {
      return refuse(event, UndecryptableReason.NOT_FOR_THIS_DEVICE); // TD-3
    }
    SenderKey from = new SenderKey(event.path("sender").textValue(), envelope.senderKey());
    return decrypt(event, from, envelope.message().get(), now);
  }

  /** Of what is in the clear only notices of withheld keys are read, as a hint (TD-CLEAR). */
  private ToDeviceResult inTheClear(ObjectNode event, ObjectNode content) {
    secrets.inTheClear(event, content);
    roomKeyEvents.inTheClear(event, content);
    boolean wellFormed =
        !event.path("type").textValue().equals(RoomKeyEvents.WITHHELD)
            || roomKeyEvents.receiveWithheld(event.path("sender").textValue(), content);
    return wellFormed
        ? new ToDeviceResult.PlainText(event, inbox.nextId(event.path("type").textValue()))
        : new ToDeviceResult.Invalid(event);
  }

  private Optional<ToDeviceResult> decrypt(
      ObjectNode event, SenderKey from, OlmMessage message, Instant now)
      throws CryptoStoreException {
    String hash = MessageHashes.of(from.key(), message);
    Optional<byte[]> plaintext = decrypt(from, message, hash, now); // TD-4
    if (plaintext.isEmpty()) {
      if (hashes.contains(hash)) {
        return refuse(event, UndecryptableReason.REPLAYED); // TD-REPLAY
      }
      unwedging.onUndecryptable(from, now);
      return refuse(event, UndecryptableReason.NO_SESSION);
    }
    hashes.add(hash);
    strangers.onReceived(from);
    try {
      return check(event, from, OlmPayload.parse(plaintext.get(), readKeys), now);
    } catch (OlmPayload.Malformed e) {
      return refuse(event, UndecryptableReason.MALFORMED_PAYLOAD);
    } finally {
      Arrays.fill(plaintext.get(), (byte) 0);
    }
  }

  private Optional<ToDeviceResult> check(
      ObjectNode event, SenderKey from, OlmPayload payload, Instant now)
      throws CryptoStoreException {
    PayloadChecks.Verdict verdict = checks.check(payload, from.userId(), from.key());
    if (verdict instanceof PayloadChecks.Verdict.Accepted accepted) {
      Optional<UndecryptableReason> refusal = takeRoomKey(payload, from, accepted.sentKeys());
      if (refusal.isPresent()) {
        return refuse(event, refusal.get());
      }
      secrets.overOlm(payload, accepted.info());
      roomKeyEvents.overOlm(payload, accepted.info());
      return Optional.of(decrypted(payload, accepted.info()));
    } else if (verdict instanceof PayloadChecks.Verdict.NotYet notYet) {
      if (inbox.isForApp(payload.type())) {
        held.hold(payload, from, now); // TD-HELD
      }
      return refuse(event, notYet.reason());
    } else if (verdict instanceof PayloadChecks.Verdict.Refused refused) {
      return refuse(event, refused.reason());
    }
    LOG.debug("{}: dropped an event of a dehydrated device", own.address());
    return Optional.empty();
  }

  private ToDeviceResult.Decrypted decrypted(OlmPayload payload, EncryptionInfo info) {
    ObjectNode shown = SecretContents.blanked(payload.type(), payload.json());
    return new ToDeviceResult.Decrypted(shown, info, inbox.nextId(payload.type()));
  }

  /**
   * Returns the events that were refused for want of trust, and whose devices have it now
   * (TD-HELD). Cheap if nothing is held.
   *
   * @param changes how often anything changed that trust depends on
   */
  List<ToDeviceResult> judgeAgain(long changes, Instant now) throws CryptoStoreException {
    List<ToDeviceResult> trusted = new ArrayList<>();
    if (inbox.hasRoomFor(held.size())) {
      for (HeldEvents.Held one : held.toJudge(changes, now)) {
        PayloadChecks.Verdict verdict =
            checks.check(one.payload(), one.from().userId(), one.from().key());
        if (!(verdict instanceof PayloadChecks.Verdict.NotYet)) {
          held.remove(one);
        }
        if (verdict instanceof PayloadChecks.Verdict.Accepted accepted) {
          trusted.add(decrypted(one.payload(), accepted.info()));
        }
      }
    }
    return trusted;
  }

  /** Keeps what is about room keys; returns why the event is refused, if it is. */
  private Optional<UndecryptableReason> takeRoomKey(
      OlmPayload payload, SenderKey from, @Nullable SignedDeviceKeys sentKeys)
      throws CryptoStoreException {
    if (payload.type().equals(RoomKeyEvents.ROOM_KEY)) {
      return roomKeyEvents.receive(payload, from.key(), sentKeys);
    }
    if (payload.type().equals(RoomKeyEvents.WITHHELD)) {
      roomKeyEvents.receiveWithheld(payload.sender(), payload.content());
    }
    return Optional.empty();
  }

  /** Returns the plaintext, or nothing if no session opens the message. */
  private Optional<byte[]> decrypt(SenderKey from, OlmMessage message, String hash, Instant now)
      throws CryptoStoreException {
    if (message instanceof NormalMessage normal) {
      for (OlmSession session : sessions.toTry(from.key(), normal)) { // SESS-TRY
        Optional<byte[]> plaintext = decrypt(session, message, now);
        if (plaintext.isPresent()) {
          return plaintext;
        }
      }
      return Optional.empty();
    }
    PreKeyMessage preKey = (PreKeyMessage) message;
    Optional<OlmSession> known = sessions.find(from.key(), preKey.sessionId());
    if (known.isPresent()) {
      return decrypt(known.get(), preKey, now); // SESS-PREKEY: a failure here is final
    }
    // TD-REPLAY: a fallback key is still there when the session that it started is gone
    return hashes.contains(hash) ? Optional.empty() : startSession(from, preKey, now);
  }

  private Optional<byte[]> decrypt(OlmSession session, OlmMessage message, Instant now) {
    try {
      byte[] plaintext = session.decrypt(message, now);
      sessions.changed(session);
      return Optional.of(plaintext);
    } catch (OlmException e) {
      LOG.debug("{}: {}", own.address(), e.getMessage());
      return Optional.empty();
    }
  }

  private Optional<byte[]> startSession(SenderKey from, PreKeyMessage message, Instant now)
      throws CryptoStoreException {
    try {
      boolean another = !sessions.with(from.key()).isEmpty();
      InboundCreation created = own.account().createInboundSession(from.key(), message);
      work.accountChanged();
      sessions.add(from.key(), created.session(), now);
      if (another) {
        roomKeyEvents.onOlmRestart(from);
      } else {
        strangers.onFirstSession(from);
      }
      return Optional.of(created.plaintext());
    } catch (OlmException e) {
      LOG.debug("{}: {}", own.address(), e.getMessage());
      return Optional.empty();
    }
  }

  private Optional<ToDeviceResult> refuse(ObjectNode event, UndecryptableReason reason) {
    LOG.info(
        "{}: refused a to-device event of {}: {}",
        own.address(),
        ShownText.of(event.path("sender").asText(), ShownText.MAX_ID_CHARS),
        reason);
    return Optional.of(new ToDeviceResult.UnableToDecrypt(event, reason));
  }
}
