package io.matrixrtc.homeserver.accounts;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.homeserver.http.Answer;
import io.matrixrtc.homeserver.http.Request;
import io.matrixrtc.homeserver.http.Session;
import io.matrixrtc.homeserver.store.Range;
import io.matrixrtc.homeserver.store.Storage;
import io.matrixrtc.homeserver.store.Table;
import io.matrixrtc.homeserver.store.TableSpec;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * HS-TXN-1: a request with a transaction id, repeated by the same device on the same path, gets the
 * first answer again and does nothing. Kept until the device is deleted.
 */
public final class Transactions {
  private record Done(ObjectNode answer) {}

  private static final TableSpec<Done> SPEC =
      TableSpec.of("transactions", Done.class, "user_id", "device_id", "resource");

  private final Table<Done> table;

  public Transactions(Storage storage) {
    this.table = Table.open(storage, SPEC);
  }

  /** Runs {@code work} unless this device has done this very request before. */
  public Answer once(Request request, Supplier<ObjectNode> work) {
    Session session = request.session();
    Optional<Done> before = table.get(session.userId(), session.deviceId(), request.resource());
    if (before.isPresent()) {
      return Answer.ok(before.get().answer());
    }
    ObjectNode answer = work.get();
    table.put(new Done(answer), session.userId(), session.deviceId(), request.resource());
    return Answer.ok(answer);
  }

  public void deviceDeleted(Session device) {
    table.removeAll(Range.of(device.userId(), device.deviceId()));
  }
}
