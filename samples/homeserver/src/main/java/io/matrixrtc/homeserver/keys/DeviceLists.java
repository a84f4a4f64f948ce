package io.matrixrtc.homeserver.keys;

import io.matrixrtc.homeserver.rooms.Memberships;
import io.matrixrtc.homeserver.store.Foundation;
import io.matrixrtc.homeserver.store.News;
import io.matrixrtc.homeserver.store.Range;
import io.matrixrtc.homeserver.store.StreamPositions;
import io.matrixrtc.homeserver.store.Table;
import io.matrixrtc.homeserver.store.TableSpec;
import java.util.LinkedHashSet;
import java.util.Set;

/** The order in which users' device lists changed; of each user only the latest change is kept. */
public final class DeviceLists {
  private record Changed(String userId) {}

  private record Latest(long position) {}

  private static final TableSpec<Changed> CHANGES =
      TableSpec.of("device_list_changes", Changed.class, "#position");
  private static final TableSpec<Latest> LATEST =
      TableSpec.of("device_list_latest", Latest.class, "user_id");

  private final Table<Changed> changes;
  private final Table<Latest> latest;
  private final Memberships memberships;
  private final StreamPositions stream;
  private final News news;

  DeviceLists(Foundation foundation, Memberships memberships) {
    this.changes = Table.open(foundation.storage(), CHANGES);
    this.latest = Table.open(foundation.storage(), LATEST);
    this.memberships = memberships;
    this.stream = foundation.stream();
    this.news = foundation.news();
  }

  /** Keys of the user or its devices are new, changed or gone. */
  void changed(String userId) {
    changedFor(userId, memberships.sharing(userId));
  }

  /** A change of {@code userId} that only {@code viewer} can see. */
  void changedFor(String userId, String viewer) {
    changedFor(userId, Set.of(viewer));
  }

  private void changedFor(String userId, Set<String> audience) {
    long position = stream.next();
    latest.get(userId).ifPresent(before -> changes.remove(before.position()));
    changes.put(new Changed(userId), position);
    latest.put(new Latest(position), userId);
    audience.forEach(news::forUser);
  }

  /** Users whose lists changed after {@code position}. */
  public Set<String> changedSince(long position) {
    Set<String> users = new LinkedHashSet<>();
    changes.scan(Range.of().after(position)).forEach(row -> users.add(row.value().userId()));
    return users;
  }
}
