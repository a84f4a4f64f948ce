package io.matrixrtc.homeserver.sync;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.homeserver.accounts.AccountData;
import io.matrixrtc.homeserver.rooms.EventFilter;
import io.matrixrtc.homeserver.stream.StreamKind;
import java.util.List;

/** The user's account data: the global entries, and per room those that belong to it. */
final class AccountDataSection implements SyncSection, JoinedRoomPart {
  private final AccountData data;

  AccountDataSection(AccountData data) {
    this.data = data;
  }

  @Override
  public StreamKind kind() {
    return StreamKind.ACCOUNT_DATA;
  }

  @Override
  public Read read(SyncContext sync, ObjectNode answer) {
    List<AccountData.Entry> entries =
        changed(sync, AccountData.GLOBAL, sync.isFirst(), sync.filter().accountData());
    if (!entries.isEmpty()) {
      write(entries, answer);
    }
    return new Read(sync.now(), !entries.isEmpty());
  }

  @Override
  public boolean addTo(SyncContext sync, JoinedRoom room, ObjectNode answer) {
    List<AccountData.Entry> entries =
        changed(sync, room.roomId(), room.whole(), sync.filter().roomAccountData());
    write(entries, answer);
    return !entries.isEmpty();
  }

  private List<AccountData.Entry> changed(
      SyncContext sync, String roomId, boolean all, EventFilter filter) {
    List<AccountData.Entry> entries =
        all
            ? data.all(sync.userId(), roomId)
            : data.since(sync.userId(), sync.since(kind())).stream()
                .filter(entry -> entry.roomId().equals(roomId))
                .toList();
    return entries.stream().filter(entry -> filter.admitsType(entry.type())).toList();
  }

  private static void write(List<AccountData.Entry> entries, ObjectNode answer) {
    ArrayNode events = answer.putObject("account_data").putArray("events");
    for (AccountData.Entry entry : entries) {
      events.addObject().put("type", entry.type()).set("content", entry.content());
    }
  }
}
