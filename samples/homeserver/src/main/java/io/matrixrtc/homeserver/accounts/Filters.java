package io.matrixrtc.homeserver.accounts;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.homeserver.store.Range;
import io.matrixrtc.homeserver.store.Storage;
import io.matrixrtc.homeserver.store.Table;
import io.matrixrtc.homeserver.store.TableSpec;
import java.util.List;
import java.util.Optional;

/** The filters of each user, numbered from 0. */
public final class Filters {
  private record Row(ObjectNode filter) {}

  private static final TableSpec<Row> SPEC =
      TableSpec.of("filters", Row.class, "user_id", "#number");

  private final Table<Row> table;

  public Filters(Storage storage) {
    this.table = Table.open(storage, SPEC);
  }

  /** Returns the filter's id; the same filter gets the same id again. */
  String add(String userId, ObjectNode filter) {
    List<Table.Row<Row>> all = table.scan(Range.of(userId));
    for (Table.Row<Row> row : all) {
      if (row.value().filter().equals(filter)) {
        return Long.toString(row.key().number(1));
      }
    }
    table.put(new Row(filter), userId, (long) all.size());
    return Integer.toString(all.size());
  }

  public Optional<ObjectNode> get(String userId, String id) {
    return id.matches("[0-9]{1,9}")
        ? table.get(userId, Long.parseLong(id)).map(Row::filter)
        : Optional.empty();
  }
}
