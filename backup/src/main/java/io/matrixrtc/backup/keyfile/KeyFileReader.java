package io.matrixrtc.backup.keyfile;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.backup.keyfile.KeyFileException.Reason;
import io.matrixrtc.backup.roomkey.DamagedKeyException;
import io.matrixrtc.backup.roomkey.ExportedRoomKey;
import io.matrixrtc.json.Json;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Mac;

/**
 * Reads key files, in bounded memory whatever their size (FILE-STREAM). A file is gone through
 * three times: for its MAC, before anything is decrypted (FILE-MAC); for its shape, before anything
 * is handed on (FILE-WHOLE); and for its keys. So a file that is refused was not imported in part,
 * and one damaged entry of a good file costs that entry alone (FILE-ENTRY).
 *
 * <p>Source: Matrix specification, "Key exports".
 */
public final class KeyFileReader {
  /** Most rounds of key derivation that are run. */
  public static final int MAX_ROUNDS = 10_000_000;

  /** Longest text inside, in characters: far more than a key needs. */
  static final int MAX_TEXT_LENGTH = 1 << 20;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxDocumentLength(-1)
                  .maxNestingDepth(32)
                  .maxStringLength(MAX_TEXT_LENGTH)
                  .build())
          .build();

  private static final ObjectReader ENTRY =
      Json.mapper()
          .readerFor(JsonNode.class)
          .without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  /** Where the file is; it must be the same each time it is opened. */
  @FunctionalInterface
  public interface Source {
    /** Opens it at its first byte. */
    InputStream open() throws IOException;
  }

  /** Takes what is in a file, in its order. */
  public interface Sink {
    /** Takes over a key. */
    void key(ExportedRoomKey key);

    /** Learns of an entry that cannot be used; {@code position} counts from 0. */
    void skipped(long position, DamagedKeyException.Reason reason);
  }

  private KeyFileReader() {}

  /**
   * Reads the file. Takes a second or so before anything comes, and longer with more rounds.
   *
   * @throws KeyFileException if the file is refused; the sink has then got nothing
   * @throws IOException if it cannot be read, or changed in between
   */
  public static void read(Source source, String passphrase, Sink sink)
      throws IOException, KeyFileException {
    try (FileKeys keys = verified(source, passphrase)) {
      parse(source, keys, (position, node) -> {});
      parse(source, keys, (position, node) -> handOn(position, node, sink));
    }
  }

  private static FileKeys verified(Source source, String passphrase)
      throws IOException, KeyFileException {
    try (InputStream text = new BufferedInputStream(source.open())) {
      BodyInput body = new BodyInput(text);
      byte[] front = body.front();
      if (FileKeys.version(front) != FileKeys.VERSION) {
        throw new KeyFileException(Reason.VERSION);
      }
      long rounds = FileKeys.rounds(front);
      if (rounds < 1 || rounds > MAX_ROUNDS) {
        throw new KeyFileException(Reason.ROUNDS); // FILE-ROUNDS
      }
      FileKeys keys = FileKeys.derive(front, passphrase);
      Mac mac = keys.startMac();
      for (byte[] chunk = body.next(); chunk.length > 0; chunk = body.next()) {
        mac.update(chunk);
      }
      if (!MessageDigest.isEqual(mac.doFinal(), body.mac())) {
        keys.close();
        throw new KeyFileException(Reason.MAC); // FILE-MAC
      }
      return keys;
    }
  }

  @FunctionalInterface
  private interface EntryHandler {
    void entry(long position, ObjectNode entry);
  }

  private static void parse(Source source, FileKeys keys, EntryHandler handler)
      throws IOException, KeyFileException {
    try (InputStream text = new BufferedInputStream(source.open());
        PlainInput plain = new PlainInput(new BodyInput(text), keys);
        JsonParser parser =
            JSON.createParser(new InputStreamReader(plain, StandardCharsets.UTF_8.newDecoder()))) {
      if (!Arrays.equals(plain.front(), keys.front())) {
        throw new IOException("key file: changed while it was read");
      }
      array(parser, handler);
      plain.checkWhole();
    } catch (CharacterCodingException e) {
      throw new KeyFileException(Reason.UTF8);
    } catch (JsonProcessingException e) {
      throw new KeyFileException(Reason.JSON);
    }
  }

  private static void array(JsonParser parser, EntryHandler handler)
      throws IOException, KeyFileException {
    if (parser.nextToken() != JsonToken.START_ARRAY) {
      throw new KeyFileException(Reason.JSON);
    }
    for (long position = 0; parser.nextToken() == JsonToken.START_OBJECT; position++) {
      JsonNode node = ENTRY.readValue(parser);
      handler.entry(position, (ObjectNode) node);
    }
    if (parser.currentToken() != JsonToken.END_ARRAY || parser.nextToken() != null) {
      throw new KeyFileException(Reason.JSON); // FILE-WHOLE
    }
  }

  private static void handOn(long position, ObjectNode entry, Sink sink) {
    ExportedRoomKey key;
    try {
      key = ExportedRoomKey.parse(entry);
    } catch (DamagedKeyException e) {
      sink.skipped(position, e.reason()); // FILE-ENTRY
      return;
    }
    sink.key(key);
  }
}
