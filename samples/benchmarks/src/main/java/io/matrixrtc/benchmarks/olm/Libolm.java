package io.matrixrtc.benchmarks.olm;

import static io.matrixrtc.benchmarks.olm.LibolmFunctions.olm_account;
import static io.matrixrtc.benchmarks.olm.LibolmFunctions.olm_account_generate_fallback_key;
import static io.matrixrtc.benchmarks.olm.LibolmFunctions.olm_account_identity_keys;
import static io.matrixrtc.benchmarks.olm.LibolmFunctions.olm_account_identity_keys_length;
import static io.matrixrtc.benchmarks.olm.LibolmFunctions.olm_account_size;
import static io.matrixrtc.benchmarks.olm.LibolmFunctions.olm_account_unpublished_fallback_key;
import static io.matrixrtc.benchmarks.olm.LibolmFunctions.olm_account_unpublished_fallback_key_length;
import static io.matrixrtc.benchmarks.olm.LibolmFunctions.olm_clear_account;
import static io.matrixrtc.benchmarks.olm.LibolmFunctions.olm_clear_session;
import static io.matrixrtc.benchmarks.olm.LibolmFunctions.olm_create_account;
import static io.matrixrtc.benchmarks.olm.LibolmFunctions.olm_create_account_random_length;
import static io.matrixrtc.benchmarks.olm.LibolmFunctions.olm_create_inbound_session_from;
import static io.matrixrtc.benchmarks.olm.LibolmFunctions.olm_create_outbound_session;
import static io.matrixrtc.benchmarks.olm.LibolmFunctions.olm_create_outbound_session_random_length;
import static io.matrixrtc.benchmarks.olm.LibolmFunctions.olm_decrypt;
import static io.matrixrtc.benchmarks.olm.LibolmFunctions.olm_encrypt;
import static io.matrixrtc.benchmarks.olm.LibolmFunctions.olm_encrypt_message_length;
import static io.matrixrtc.benchmarks.olm.LibolmFunctions.olm_encrypt_random_length;
import static io.matrixrtc.benchmarks.olm.LibolmFunctions.olm_error;
import static io.matrixrtc.benchmarks.olm.LibolmFunctions.olm_get_library_version;
import static io.matrixrtc.benchmarks.olm.LibolmFunctions.olm_session;
import static io.matrixrtc.benchmarks.olm.LibolmFunctions.olm_session_size;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import io.matrixrtc.json.Json;
import io.matrixrtc.olm.OlmMessage;
import io.matrixrtc.olm.RandomSource;
import java.util.Arrays;

/**
 * libolm, in C. It takes its random bytes from the caller, and gets them from the same source as
 * ours. Sessions of one call live in one piece of memory that is there.
 */
final class Libolm implements Contender {
  private final RandomSource random = RandomSource.secure();
  private final Pointer alice = account();
  private final Pointer bob = account();
  private final byte[] aliceIdentity = identityKey(alice);
  private final byte[] bobIdentity = identityKey(bob);
  private final byte[] bobFallbackKey = fallbackKey(bob);
  private final Pointer sending = new Memory(olm_session_size());
  private final Pointer receiving = new Memory(olm_session_size());
  private final Pointer shortLived = new Memory(olm_session_size());

  Libolm() {
    olm_session(sending);
    olm_session(receiving);
    String first = encrypt(outbound(sending), new byte[1]);
    decrypt(inbound(receiving, first), OlmMessage.TYPE_PRE_KEY, first);
    decrypt(sending, OlmMessage.TYPE_NORMAL, encrypt(receiving, new byte[1]));
    decrypt(receiving, OlmMessage.TYPE_NORMAL, encrypt(sending, new byte[1]));
  }

  /** The version of the library, such as {@code 3.2.16}. */
  static String version() {
    byte[] major = new byte[1];
    byte[] minor = new byte[1];
    byte[] patch = new byte[1];
    olm_get_library_version(major, minor, patch);
    return major[0] + "." + minor[0] + "." + patch[0];
  }

  @Override
  public String startOutbound(byte[] plaintext) {
    Pointer session = outbound(fresh());
    String message = encrypt(session, plaintext);
    olm_clear_session(session);
    return message;
  }

  @Override
  public byte[] startInbound(String body) {
    Pointer session = inbound(fresh(), body);
    byte[] plaintext = decrypt(session, OlmMessage.TYPE_PRE_KEY, body);
    olm_clear_session(session);
    return plaintext;
  }

  @Override
  public String encryptNext(byte[] plaintext) {
    return encrypt(sending, plaintext);
  }

  @Override
  public byte[] decryptNext(String body) {
    return decrypt(receiving, OlmMessage.TYPE_NORMAL, body);
  }

  private Pointer fresh() {
    olm_session(shortLived);
    return shortLived;
  }

  private Pointer account() {
    Memory account = new Memory(olm_account_size()); // freed when nobody refers to it
    olm_account(account);
    byte[] entropy = random(olm_create_account_random_length(account));
    check(olm_create_account(account, entropy, entropy.length));
    return account;
  }

  private static byte[] identityKey(Pointer account) {
    byte[] json = new byte[(int) olm_account_identity_keys_length(account)];
    check(olm_account_identity_keys(account, json, json.length));
    return parse(json).path("curve25519").textValue().getBytes(US_ASCII);
  }

  private byte[] fallbackKey(Pointer account) {
    byte[] entropy = random(32);
    check(olm_account_generate_fallback_key(account, entropy, entropy.length));
    byte[] json = new byte[(int) olm_account_unpublished_fallback_key_length(account)];
    check(olm_account_unpublished_fallback_key(account, json, json.length));
    return parse(json).path("curve25519").elements().next().textValue().getBytes(US_ASCII);
  }

  private Pointer outbound(Pointer session) {
    byte[] entropy = random(olm_create_outbound_session_random_length(session));
    check(
        olm_create_outbound_session(
            session,
            alice,
            bobIdentity,
            bobIdentity.length,
            bobFallbackKey,
            bobFallbackKey.length,
            entropy,
            entropy.length));
    return session;
  }

  private Pointer inbound(Pointer session, String body) {
    byte[] message = body.getBytes(US_ASCII); // which libolm overwrites
    check(
        olm_create_inbound_session_from(
            session, bob, aliceIdentity, aliceIdentity.length, message, message.length));
    return session;
  }

  private String encrypt(Pointer session, byte[] plaintext) {
    byte[] entropy = random(olm_encrypt_random_length(session));
    byte[] message = new byte[(int) olm_encrypt_message_length(session, plaintext.length)];
    check(
        olm_encrypt(
            session,
            plaintext,
            plaintext.length,
            entropy,
            entropy.length,
            message,
            message.length));
    return new String(message, US_ASCII);
  }

  private static byte[] decrypt(Pointer session, int type, String body) {
    byte[] message = body.getBytes(US_ASCII); // which libolm overwrites
    byte[] plaintext = new byte[message.length];
    long length =
        check(olm_decrypt(session, type, message, message.length, plaintext, plaintext.length));
    return Arrays.copyOf(plaintext, (int) length);
  }

  private byte[] random(long length) {
    byte[] bytes = new byte[(int) length];
    if (length > 0) {
      random.nextBytes(bytes);
    }
    return bytes;
  }

  private static JsonNode parse(byte[] json) {
    try {
      return Json.mapper().readTree(new String(json, UTF_8));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("libolm wrote no JSON", e);
    }
  }

  private static long check(long result) {
    if (result == olm_error()) {
      throw new IllegalStateException("libolm refused");
    }
    return result;
  }

  @Override
  public void close() {
    olm_clear_session(sending);
    olm_clear_session(receiving);
    olm_clear_account(alice);
    olm_clear_account(bob);
  }
}
