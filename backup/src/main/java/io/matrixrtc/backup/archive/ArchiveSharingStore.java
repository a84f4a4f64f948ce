package io.matrixrtc.backup.archive;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.backup.roomkey.VaultException;
import io.matrixrtc.backup.sharing.BundleEvent;
import io.matrixrtc.backup.sharing.BundleException;
import io.matrixrtc.backup.sharing.BundleOffer;
import io.matrixrtc.backup.sharing.InviteNote;
import io.matrixrtc.backup.sharing.SharingStore;
import io.matrixrtc.e2ee.CryptoStoreException;
import io.matrixrtc.e2ee.ExtraWrites;
import io.matrixrtc.e2ee.RoomKeyArchive;
import io.matrixrtc.e2ee.RowKey;
import io.matrixrtc.json.Json;
import io.matrixrtc.json.MalformedJsonException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Notes and offers as rows of the crypto store, sealed as everything there. */
public final class ArchiveSharingStore implements SharingStore {
  private static final String NOTE = "history invite";
  private static final String OFFER = "history offer";
  private static final int PAGE = 500;

  private final Archive archive;
  private final int maxOffers;

  /** Keeps them behind {@code archive}. */
  public ArchiveSharingStore(Archive archive) {
    this(archive, MAX_OFFERS);
  }

  ArchiveSharingStore(Archive archive, int maxOffers) {
    this.archive = archive;
    this.maxOffers = maxOffers;
  }

  @Override
  public List<InviteNote> notes() throws VaultException {
    return archive.use(
        room -> {
          List<InviteNote> notes = new ArrayList<>();
          for (Map.Entry<RowKey, ObjectNode> row : rows(room, NOTE).entrySet()) {
            notes.add(
                new InviteNote(
                    row.getKey().scope(),
                    row.getValue().path("inviter").asText(),
                    Instant.ofEpochMilli(row.getValue().path("accepted_at").asLong())));
          }
          return notes;
        });
  }

  @Override
  public void saveNote(InviteNote note) throws VaultException {
    byte[] row =
        Json.newObject()
            .put("inviter", note.inviter())
            .put("accepted_at", note.acceptedAt().toEpochMilli())
            .toString()
            .getBytes(UTF_8);
    write(new ExtraWrites().put(new RowKey(NOTE, note.roomId(), ""), row));
  }

  @Override
  public void clearNote(String roomId) throws VaultException {
    write(new ExtraWrites().forget(new RowKey(NOTE, roomId, "")));
  }

  @Override
  public Optional<BundleOffer> offer(String roomId, String sender) throws VaultException {
    return archive.use(
        room -> {
          Optional<byte[]> row = room.row(new RowKey(OFFER, roomId, sender));
          return row.isPresent()
              ? Optional.of(offer(sender, parse(row.get(), OFFER)))
              : Optional.empty();
        });
  }

  private static BundleOffer offer(String sender, ObjectNode row) throws CryptoStoreException {
    try {
      return new BundleOffer(
          sender,
          row.path("device").asText(),
          row.path("cross_signed").asBoolean(),
          BundleEvent.parse(row.path("event")));
    } catch (BundleException e) {
      throw new CryptoStoreException.Unreadable(OFFER, e);
    }
  }

  @Override
  public void saveOffer(BundleOffer offer) throws VaultException {
    archive.use(
        room -> {
          RowKey key = new RowKey(OFFER, offer.roomId(), offer.sender());
          ExtraWrites writes = new ExtraWrites();
          long number = makeRoom(room, key, writes);
          ObjectNode row =
              Json.newObject()
                  .put("number", number)
                  .put("device", offer.deviceId())
                  .put("cross_signed", offer.crossSigned());
          row.set("event", offer.event().toJson());
          room.write(writes.put(key, row.toString().getBytes(UTF_8)));
          return true;
        });
  }

  /** BUNDLE-OFFERS: the oldest goes; returns the number of the new one. */
  private long makeRoom(RoomKeyArchive room, RowKey key, ExtraWrites writes)
      throws CryptoStoreException {
    Map<RowKey, ObjectNode> held = rows(room, OFFER);
    held.remove(key);
    Optional<RowKey> oldest = Optional.empty();
    long lowest = Long.MAX_VALUE;
    long highest = 0;
    for (Map.Entry<RowKey, ObjectNode> row : held.entrySet()) {
      long number = row.getValue().path("number").asLong();
      highest = Math.max(highest, number);
      if (number < lowest) {
        lowest = number;
        oldest = Optional.of(row.getKey());
      }
    }
    if (held.size() >= maxOffers) {
      oldest.ifPresent(writes::forget);
    }
    return highest + 1;
  }

  @Override
  public void clearOffer(String roomId, String sender) throws VaultException {
    write(new ExtraWrites().forget(new RowKey(OFFER, roomId, sender)));
  }

  private void write(ExtraWrites writes) throws VaultException {
    archive.use(
        room -> {
          room.write(writes);
          return true;
        });
  }

  /** All rows of a kind. */
  static Map<RowKey, ObjectNode> rows(RoomKeyArchive room, String kind)
      throws CryptoStoreException {
    Map<RowKey, ObjectNode> all = new LinkedHashMap<>();
    Optional<RowKey> after = Optional.empty();
    while (true) {
      Map<RowKey, byte[]> page = room.rows(kind, after, PAGE);
      for (Map.Entry<RowKey, byte[]> row : page.entrySet()) {
        all.put(row.getKey(), parse(row.getValue(), kind));
        after = Optional.of(row.getKey());
      }
      if (page.size() < PAGE) {
        return all;
      }
    }
  }

  static ObjectNode parse(byte[] row, String kind) throws CryptoStoreException {
    try {
      return Json.parseObject(row);
    } catch (MalformedJsonException e) {
      throw new CryptoStoreException.Unreadable(kind, e);
    }
  }
}
