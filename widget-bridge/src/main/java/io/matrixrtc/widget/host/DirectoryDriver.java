package io.matrixrtc.widget.host;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** The user directory (MSC3973). */
public interface DirectoryDriver {
  /** Searches. */
  CompletionStage<DriverResult<Found>> search(Search query);

  /** A search; no limit leaves it to the homeserver. */
  record Search(String term, Optional<Integer> limit) implements DriverCall<Found> {
    @Override
    public CompletionStage<DriverResult<Found>> on(WidgetDriver driver) {
      return driver.directory().search(this);
    }
  }

  /** What was found. */
  record Found(boolean limited, List<User> users) {
    public Found {
      users = List.copyOf(users);
    }
  }

  /** A user. */
  record User(String userId, Optional<String> displayName, Optional<String> avatarUrl) {}
}
