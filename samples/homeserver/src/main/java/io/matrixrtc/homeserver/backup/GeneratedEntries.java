package io.matrixrtc.homeserver.backup;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Entries that look like those of a large backup and hold nothing: no key opens them. The same at
 * each reading.
 */
public final class GeneratedEntries implements EntrySource {
  // What a sealed session has in a real backup.
  private static final int CIPHERTEXT_BYTES = 496;

  private final int rooms;
  private final int sessionsPerRoom;

  public GeneratedEntries(int rooms, int sessionsPerRoom) {
    this.rooms = rooms;
    this.sessionsPerRoom = sessionsPerRoom;
  }

  @Override
  public long count() {
    return (long) rooms * sessionsPerRoom;
  }

  @Override
  public List<String> rooms() {
    return IntStream.range(0, rooms).mapToObj(GeneratedEntries::room).toList();
  }

  @Override
  public Iterator<BackupEntry> entries(String roomId) {
    return rooms().contains(roomId)
        ? IntStream.range(0, sessionsPerRoom).mapToObj(i -> make(roomId, session(i))).iterator()
        : List.<BackupEntry>of().iterator();
  }

  @Override
  public Optional<BackupEntry> entry(String roomId, String sessionId) {
    return rooms().contains(roomId) && index(sessionId).isPresent()
        ? Optional.of(make(roomId, sessionId))
        : Optional.empty();
  }

  private static String room(int index) {
    return "!generated" + index + ":localhost";
  }

  private static String session(int index) {
    byte[] id = new byte[32];
    byte[] text = Integer.toString(index).getBytes(StandardCharsets.UTF_8);
    System.arraycopy(text, 0, id, 0, text.length);
    return Base64.getEncoder().withoutPadding().encodeToString(id);
  }

  private OptionalInt index(String sessionId) {
    try {
      String text =
          new String(Base64.getDecoder().decode(sessionId), StandardCharsets.UTF_8)
              .replace("\0", "");
      int index = Integer.parseInt(text);
      return index < sessionsPerRoom && session(index).equals(sessionId)
          ? OptionalInt.of(index)
          : OptionalInt.empty();
    } catch (IllegalArgumentException notMadeHere) {
      return OptionalInt.empty();
    }
  }

  private static BackupEntry make(String roomId, String sessionId) {
    Random random = new Random(31L * roomId.hashCode() + sessionId.hashCode());
    return new BackupEntry(
        sessionId,
        "{\"first_message_index\":0,\"forwarded_count\":0,\"is_verified\":false,\"session_data\":{"
            + "\"ephemeral\":\""
            + text(random, 32)
            + "\",\"ciphertext\":\""
            + text(random, CIPHERTEXT_BYTES)
            + "\",\"mac\":\""
            + text(random, 8)
            + "\"}}");
  }

  private static String text(Random random, int bytes) {
    byte[] content = new byte[bytes];
    random.nextBytes(content);
    return Base64.getEncoder().withoutPadding().encodeToString(content);
  }
}
