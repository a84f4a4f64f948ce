package io.matrixrtc.cli.backup;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import io.matrixrtc.backup.roomkey.VaultException;
import io.matrixrtc.backup.service.BackupSource;
import io.matrixrtc.cli.failure.CommandFailure;
import io.matrixrtc.json.Json;
import java.io.IOException;

/** The entries of a backup, one after another as they come; the whole is never held. */
final class BackupEntries {
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxDocumentLength(-1).maxNestingDepth(64).build())
          .build();

  private static final ObjectReader ENTRY =
      Json.mapper()
          .readerFor(JsonNode.class)
          .without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private static final String NOT_WHOLE =
      "the backup did not come whole from the homeserver. Look at it with: backup status, and try"
          + " again.";

  private final JsonParser parser;

  private BackupEntries(JsonParser parser) {
    this.parser = parser;
  }

  /** Takes an entry, which may be anything. */
  @FunctionalInterface
  interface Sink {
    void entry(String roomId, String sessionId, JsonNode entry) throws VaultException;
  }

  /** What is done with the value of a member, at whose first token the parser is. */
  @FunctionalInterface
  private interface Member {
    void value(String name) throws IOException, VaultException;
  }

  /** Hands every entry to {@code sink}, on this thread. */
  static void read(BackupSource source, String version, Sink sink)
      throws CommandFailure, VaultException {
    AnswerInput answer = new AnswerInput();
    BackupSource.Reading reading = source.read(version, answer);
    try (JsonParser parser = JSON.createParser(answer)) {
      new BackupEntries(parser).all(sink);
    } catch (JsonProcessingException e) {
      throw new CommandFailure("what the homeserver sends is not a backup. Try again later.");
    } catch (IOException e) {
      throw new CommandFailure(NOT_WHOLE);
    } finally {
      reading.cancel();
    }
  }

  private void all(Sink sink) throws IOException, VaultException {
    parser.nextToken();
    members(
        top ->
            only(
                top.equals("rooms"),
                room -> only(true, part -> only(part.equals("sessions"), in(room, sink)))));
    if (parser.nextToken() != null) {
      throw new IOException("something follows");
    }
  }

  private Member in(String room, Sink sink) {
    return session ->
        sink.entry(
            room,
            session,
            parser.currentToken() == JsonToken.VALUE_NULL
                ? Json.newObject()
                : ENTRY.readValue(parser));
  }

  /** Goes into a value that is an object and wanted, and past any other. */
  private void only(boolean wanted, Member member) throws IOException, VaultException {
    if (wanted && parser.currentToken() == JsonToken.START_OBJECT) {
      members(member);
    } else {
      parser.skipChildren();
    }
  }

  private void members(Member member) throws IOException, VaultException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw new IOException("no object");
    }
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      member.value(name);
    }
    if (parser.currentToken() != JsonToken.END_OBJECT) {
      throw new IOException("cut short");
    }
  }
}
