package io.matrixrtc.homeserver.rooms;

import io.matrixrtc.homeserver.http.ErrorCode;
import io.matrixrtc.homeserver.http.MatrixException;
import io.matrixrtc.homeserver.store.Range;
import io.matrixrtc.homeserver.store.Storage;
import io.matrixrtc.homeserver.store.Table;
import io.matrixrtc.homeserver.store.TableSpec;
import java.util.List;

/** Aliases of rooms on this server. */
final class Aliases {
  private record AliasRow(String roomId, String creator) {}

  private static final TableSpec<AliasRow> SPEC =
      TableSpec.of("room_aliases", AliasRow.class, "alias");

  private final Table<AliasRow> table;
  private final String serverName;

  Aliases(Storage storage, String serverName) {
    this.table = Table.open(storage, SPEC);
    this.serverName = serverName;
  }

  /** The full alias of a local name. */
  String alias(String localpart) {
    return "#" + localpart + ":" + serverName;
  }

  void add(String alias, String roomId, String creator) {
    if (table.contains(alias)) {
      throw new MatrixException(ErrorCode.M_ROOM_IN_USE, "Room alias already taken");
    }
    table.put(new AliasRow(roomId, creator), alias);
  }

  /** Deletes an alias, which only the one who added it may. */
  void remove(String alias, String userId) {
    AliasRow row =
        table.get(alias).orElseThrow(() -> MatrixException.notFound("Room alias not found"));
    if (!row.creator().equals(userId)) {
      throw MatrixException.forbidden("The alias is another user's");
    }
    table.remove(alias);
  }

  List<String> of(String roomId) {
    return table.scan(Range.of()).stream()
        .filter(row -> row.value().roomId().equals(roomId))
        .map(row -> row.key().text(0))
        .toList();
  }

  /** The room of an alias; a room id is returned as it is. */
  String room(String roomIdOrAlias) {
    if (!roomIdOrAlias.startsWith("#")) {
      return roomIdOrAlias;
    }
    return table
        .get(roomIdOrAlias)
        .map(AliasRow::roomId)
        .orElseThrow(() -> MatrixException.notFound("Room alias not found"));
  }
}
