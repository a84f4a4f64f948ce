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
  private static final TableSpec<Changed> PRIVATE =
      TableSpec.of("device_list_private_changes", Changed.class, "viewer_id", "#position");
  private static final TableSpec<Latest> PRIVATE_LATEST =
      TableSpec.of("device_list_private_latest", Latest.class, "viewer_id", "user_id");
  private static final TableSpec<Latest> LATEST =
      TableSpec.of("device_list_latest", Latest.class, "user_id");

  private final Table<Changed> changes;
  private final Table<Latest> latest;
  private final Table<Changed> privateChanges;
  private final Table<Latest> privateLatest;
  private final Memberships memberships;
  private final StreamPositions stream;
  private final News news;

  DeviceLists(Foundation foundation, Memberships memberships) {
    this.changes = Table.open(foundation.storage(), CHANGES);
    this.latest = Table.open(foundation.storage(), LATEST);
    this.privateChanges = Table.open(foundation.storage(), PRIVATE);
    this.privateLatest = Table.open(foundation.storage(), PRIVATE_LATEST);
    this.memberships = memberships;
    this.stream = foundation.stream();
    this.news = foundation.news();
  }

  /** Keys of the user or its devices are new, changed or gone. */
  void changed(String userId) {
    long position = stream.next();
    latest.get(userId).ifPresent(before -> changes.remove(before.position()));
    changes.put(new Changed(userId), position);
    latest.put(new Latest(position), userId);
    memberships.sharing(userId).forEach(news::forUser);
  }

  /** HS-DL-SIGNED: a change of {@code userId} that only {@code viewer} can see. */
  void changedFor(String userId, String viewer) {
    long position = stream.next();
    privateLatest
        .get(viewer, userId)
        .ifPresent(before -> privateChanges.remove(viewer, before.position()));
    privateChanges.put(new Changed(userId), viewer, position);
    privateLatest.put(new Latest(position), viewer, userId);
    news.forUser(viewer);
  }

  /** Users who changed for this viewer alone after {@code position}. */
  Set<String> changedFor(String viewer, long position) {
    Set<String> users = new LinkedHashSet<>();
    privateChanges
        .scan(Range.of(viewer).after(position))
        .forEach(row -> users.add(row.value().userId()));
    return users;
  }

  /** Users whose lists changed after {@code position}. */
  public Set<String> changedSince(long position) {
    Set<String> users = new LinkedHashSet<>();
    changes.scan(Range.of().after(position)).forEach(row -> users.add(row.value().userId()));
    return users;
  }
}
