package io.matrixrtc.olm;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.matrixrtc.encoding.Base64Text;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.Objects;

/** The recorded pickles of one library, and how to import and to forge them. */
enum Pickles {
  LIBOLM("libolm.json"),
  VODOZEMAC("vodozemac.json");

  private final JsonNode recorded;

  Pickles(String file) {
    try (InputStream in =
        Objects.requireNonNull(Pickles.class.getResourceAsStream("/pickles/" + file))) {
      recorded = new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  JsonNode all(String kind) {
    return recorded.path(kind);
  }

  JsonNode named(String kind, String name) {
    for (JsonNode each : all(kind)) {
      if (each.path("name").textValue().equals(name)) {
        return each;
      }
    }
    throw new AssertionError(name);
  }

  byte[] key() {
    return recorded.path("key").textValue().getBytes(UTF_8);
  }

  Account account(String pickle, byte[] key, byte[] seed, RandomSource random)
      throws PickleException {
    if (this == LIBOLM) {
      try (LibolmPickle opened = LibolmPickle.open(pickle, key)) {
        return opened.toAccount(seed, random);
      }
    }
    try (VodozemacPickle opened = VodozemacPickle.open(pickle, key)) {
      return opened.toAccount(seed, random);
    }
  }

  Account account(String pickle, byte[] key, RandomSource random) throws PickleException {
    if (this == LIBOLM) {
      try (LibolmPickle opened = LibolmPickle.open(pickle, key)) {
        return opened.toAccount(random);
      }
    }
    try (VodozemacPickle opened = VodozemacPickle.open(pickle, key)) {
      return opened.toAccount(random);
    }
  }

  /** With the recorded seed where libolm had the account. */
  Account account(JsonNode recordedAccount, RandomSource random) throws PickleException {
    String pickle = recordedAccount.path("pickle").textValue();
    return recordedAccount.has("seed")
        ? account(pickle, key(), seed(recordedAccount), random)
        : account(pickle, key(), random);
  }

  static byte[] seed(JsonNode recordedAccount) {
    return HexFormat.of().parseHex(recordedAccount.path("seed").textValue());
  }

  Session session(String pickle, byte[] key, RandomSource random) throws PickleException {
    if (this == LIBOLM) {
      try (LibolmPickle opened = LibolmPickle.open(pickle, key)) {
        return opened.toSession(random);
      }
    }
    try (VodozemacPickle opened = VodozemacPickle.open(pickle, key)) {
      return opened.toSession(random);
    }
  }

  GroupSession groupSession(String pickle, byte[] key) throws PickleException {
    if (this == LIBOLM) {
      try (LibolmPickle opened = LibolmPickle.open(pickle, key)) {
        return opened.toGroupSession();
      }
    }
    try (VodozemacPickle opened = VodozemacPickle.open(pickle, key)) {
      return opened.toGroupSession();
    }
  }

  InboundGroupSession inboundGroupSession(String pickle, byte[] key) throws PickleException {
    if (this == LIBOLM) {
      try (LibolmPickle opened = LibolmPickle.open(pickle, key)) {
        return opened.toInboundGroupSession();
      }
    }
    try (VodozemacPickle opened = VodozemacPickle.open(pickle, key)) {
      return opened.toInboundGroupSession();
    }
  }

  /** Imports whatever {@code kind} names, and wipes it. */
  void load(String kind, String pickle, byte[] key) throws PickleException {
    switch (kind) {
      case "accounts" -> {
        try {
          account(pickle, key, ScriptedRandom.seeded(1)).close();
        } catch (PickleException.SigningSeedMissing e) {
          return; // it was read to its end before that was told
        }
      }
      case "sessions" -> session(pickle, key, ScriptedRandom.seeded(1)).close();
      case "outbound_group_sessions" -> groupSession(pickle, key).close();
      default -> inboundGroupSession(pickle, key).close();
    }
  }

  /** What is inside the encryption. */
  byte[] content(String pickle) throws PickleException {
    return PickleEnvelope.open(pickle, key());
  }

  /** An authentic pickle of {@code content}, as only the owner of the key can make one. */
  String sealed(byte[] content) {
    try (MessageCipher cipher = MessageCipher.ofPickle(key())) {
      byte[] ciphertext = cipher.encrypt(content);
      byte[] pickle = java.util.Arrays.copyOf(ciphertext, ciphertext.length + 8);
      System.arraycopy(cipher.mac(ciphertext, 8), 0, pickle, ciphertext.length, 8);
      return Base64Text.encode(pickle);
    }
  }

  String sealed(String json) {
    return sealed(json.getBytes(UTF_8));
  }
}
